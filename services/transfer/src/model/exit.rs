//! Where a failed mediation leads, as a code and in words.

use rulebook::tracks::Exit;

/// An exit as a code, in English and in Chinese.
pub const fn words(exit: Exit) -> (&'static str, &'static str, &'static str) {
    match exit {
        Exit::Court => ("COURT", "a court", "人民法院"),
        Exit::LabourArbitration => ("LABOUR_ARBITRATION", "labour arbitration", "劳动争议仲裁"),
        Exit::Police => ("POLICE", "the police", "公安机关"),
        Exit::CourtOrArbitration => {
            ("COURT_OR_ARBITRATION", "a court or arbitration", "人民法院或者仲裁机构")
        }
        Exit::PetitionOffice => ("PETITION_OFFICE", "the petition office", "信访工作机构"),
    }
}
