//! What may be in a package: the allow-list.
//!
//! This enum is the only way into a package, and what was said to reach a settlement has no value in it. How each kind
//! comes about is decided by one match without a default arm: a new kind does not build until somebody has said from
//! which facts it is made. The facts themselves ([`Facts`]) are what intake and mediation answer for a filing; neither
//! answer has a field for a session's text, a note or an offer.

use std::str::FromStr;

use crate::papers::{self, Facts};

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $title:literal;)+) => {
        /// A kind of document that a court may get.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum DocumentKind { $($(#[$doc])* $name,)+ }

        impl DocumentKind {
            /// The whole list, in the order of a package.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The code in rows, and in the package's digest: the contract's name without `DOCUMENT_KIND_`.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }

            /// The document's title.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)+ }
            }
        }
    };
}

kinds! {
    /// The complaint (7.19).
    Complaint = "COMPLAINT", "民事起诉状";
    /// Who the parties are.
    PartyIdentity = "PARTY_IDENTITY", "当事人身份信息";
    /// A power of attorney.
    Proxy = "PROXY", "授权委托书";
    /// Evidence.
    Evidence = "EVIDENCE", "证据材料";
    /// Where papers may be served (7.9).
    ServiceAddress = "SERVICE_ADDRESS", "送达地址确认信息";
    /// Facts that both sides confirmed (7.11).
    UndisputedFacts = "UNDISPUTED_FACTS", "无争议事实记载表";
    /// A signed agreement (7.12, 7.13).
    SignedAgreement = "SIGNED_AGREEMENT", "调解协议书";
    /// The report on the mediation (7.18).
    Report = "REPORT", "调解情况报告";
}

impl DocumentKind {
    /// The document, if the facts give one. A kind whose papers no service keeps yet gives none.
    pub fn render(self, facts: &Facts<'_>) -> Option<String> {
        match self {
            Self::Complaint => Some(papers::complaint(facts)),
            Self::PartyIdentity => Some(papers::party_identity(facts)),
            Self::ServiceAddress => papers::service_address(facts),
            Self::Report => Some(papers::report(facts)),
            Self::UndisputedFacts => papers::undisputed_facts(facts),
            Self::SignedAgreement => papers::signed_agreement(facts),
            Self::Proxy | Self::Evidence => None,
        }
    }
}

impl FromStr for DocumentKind {
    type Err = lexicon::Fault;
    fn from_str(code: &str) -> Result<Self, lexicon::Fault> {
        Self::ALL.iter().copied().find(|kind| kind.code() == code).ok_or(lexicon::Fault::ENUM_UNKNOWN)
    }
}
