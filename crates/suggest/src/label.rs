//! The 17 categories a text is sorted into.

use std::fmt;
use std::str::FromStr;

macro_rules! labels {
    ($($variant:ident => $code:literal, $english:literal;)*) => {
        /// A category. The codes are those of the label definitions; the order settles ties.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Label {
            $(#[doc = $english] $variant,)*
        }

        impl Label {
            /// All of them, in the order of the definitions.
            pub const ALL: &'static [Label] = &[$(Label::$variant,)*];

            /// The code, for instance `loan_debt`.
            pub fn code(self) -> &'static str {
                match self { $(Label::$variant => $code,)* }
            }

            /// The name in English.
            pub fn english(self) -> &'static str {
                match self { $(Label::$variant => $english,)* }
            }
        }
    };
}

labels! {
    MarriageFamily => "marriage_family", "marriage and family";
    Inheritance => "inheritance", "inheritance";
    Labour => "labour", "labour";
    TrafficAccident => "traffic_accident", "traffic accident";
    LoanDebt => "loan_debt", "private loan or debt";
    BankingInsurance => "banking_insurance", "bank, insurance or loan platform";
    HousingTenancy => "housing_tenancy", "sale or letting of premises";
    PropertyNeighbour => "property_neighbour", "property management, neighbours, use of land";
    LandRequisition => "land_requisition", "requisition and demolition";
    Consumer => "consumer", "consumer";
    Contract => "contract", "other contract";
    Medical => "medical", "medical";
    PersonalInjuryPublicOrder => "personal_injury_public_order", "injury, insult or public order";
    CriminalFraud => "criminal_fraud", "crime or fraud";
    Administrative => "administrative", "act of an authority";
    IpCompany => "ip_company", "intellectual property or company";
    OtherUnclear => "other_unclear", "other, or not clear yet";
}

impl Label {
    /// The name in Chinese, as the rulebook has it.
    pub fn chinese(self) -> &'static str {
        rulebook::causes::category(self.code()).map_or(self.code(), |category| &category.chinese)
    }

    /// Whether a mediator can take what falls under it: not crime, not acts of authorities, not the unclear.
    pub fn mediable(self) -> bool {
        !matches!(self, Label::CriminalFraud | Label::Administrative | Label::OtherUnclear)
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// The text is none of the 17 codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownLabel;

impl FromStr for Label {
    type Err = UnknownLabel;

    fn from_str(code: &str) -> Result<Self, UnknownLabel> {
        Label::ALL.iter().copied().find(|label| label.code() == code).ok_or(UnknownLabel)
    }
}
