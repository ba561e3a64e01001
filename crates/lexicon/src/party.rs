//! Who takes part in a dispute: what they are, and on which side.

coded! {
    /// What a party is, which decides the paper that proves it.
    PartyKind {
        /// A natural person.
        Person = "PERSON", "自然人";
        /// A company, institution, committee or authority.
        Organization = "ORGANIZATION", "法人或非法人组织";
        /// A trader registered in a person's own name.
        SoleTrader = "SOLE_TRADER", "个体工商户";
    }
}

coded! {
    /// On which side a party stands.
    PartyRole {
        /// Asks for something.
        Claimant = "CLAIMANT", "申请人";
        /// Is asked for something.
        Respondent = "RESPONDENT", "被申请人";
        /// Has an interest of its own.
        ThirdParty = "THIRD_PARTY", "第三人";
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Fault;

    #[test]
    fn codes_come_back_as_the_same_value() {
        for kind in PartyKind::ALL {
            assert_eq!(kind.code().parse(), Ok(*kind));
            assert_eq!(serde_json::to_string(kind).unwrap(), format!("\"{kind}\""));
        }
        for role in PartyRole::ALL {
            assert_eq!(role.code().parse(), Ok(*role));
        }
        assert_eq!("person".parse::<PartyKind>(), Err(Fault::ENUM_UNKNOWN));
    }
}
