//! Closed lists of words that stand in rows and in the contract under the same code.

/// An enum with a code for each value, read back from it.
macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $value:ident = $code:literal;)+ })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, ::serde::Serialize, ::serde::Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $code)] $value,)+ }

        impl $name {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$value),+];

            /// The code in rows and in the contract.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$value => $code,)+ }
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = ::lexicon::Fault;
            fn from_str(code: &str) -> Result<Self, ::lexicon::Fault> {
                Self::ALL.iter().copied().find(|value| value.code() == code).ok_or(::lexicon::Fault::ENUM_UNKNOWN)
            }
        }
    )+};
}

codes! {
    /// What is filed.
    Kind {
        /// A civil complaint.
        Complaint = "COMPLAINT";
        /// A suit on the agreement.
        SuitOnAgreement = "SUIT_ON_AGREEMENT";
        /// An application for a payment order.
        PaymentOrder = "PAYMENT_ORDER";
        /// An application for enforcement.
        Enforcement = "ENFORCEMENT";
    }

    /// What a court did at the end.
    OutcomeKind {
        /// A judgment.
        Judgment = "JUDGMENT";
        /// A mediation document.
        MediationDocument = "MEDIATION_DOCUMENT";
        /// The suit was withdrawn.
        Withdrawn = "WITHDRAWN";
        /// A ruling, such as a dismissal.
        Ruling = "RULING";
        /// A payment order.
        PaymentOrder = "PAYMENT_ORDER";
        /// Enforced, or enforcement ended.
        EnforcementEnded = "ENFORCEMENT_ENDED";
        /// Another way.
        Other = "OTHER";
    }

    /// How far the mediation of a case has come, as mediation tells it.
    Stage {
        /// Nobody has sat down.
        Unmediated = "UNMEDIATED";
        /// A run is open.
        InMediation = "IN_MEDIATION";
        /// It ended without agreement.
        Failed = "FAILED";
        /// An agreement is in effect.
        Agreed = "AGREED";
        /// It is being performed.
        Performing = "PERFORMING";
        /// An instalment was not performed.
        Breached = "BREACHED";
        /// All of it was performed.
        Performed = "PERFORMED";
    }
}
