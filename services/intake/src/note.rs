//! The note of an application by word (form 7.2): what was told, as it was written down and read back.

use std::fmt::Write as _;

use lexicon::PartyRole;

use crate::model::{Dispute, OralConfirmation};
use crate::receipt;

const SIDES: [(PartyRole, &str); 3] =
    [(PartyRole::Claimant, "申请人"), (PartyRole::Respondent, "被申请人"), (PartyRole::ThirdParty, "第三人")];

/// The note of a dispute that was told by word; nothing for one that came in writing.
pub fn oral(dispute: &Dispute) -> Option<String> {
    let oral = dispute.entry.oral.as_ref()?;
    let sheet = &dispute.sheet;
    let mut text = format!("{}\n口头申请笔录\n\n", receipt::centre_name(&dispute.origin.centre));
    for (role, word) in SIDES {
        for party in sheet.parties.iter().filter(|party| party.role == Some(role)) {
            let _ = writeln!(text, "{word}：{}", party.name);
        }
    }
    for (label, words) in
        [("事由", &sheet.words.subject), ("请求", &sheet.words.claims), ("事实经过", &sheet.words.text)]
    {
        if !words.is_empty() {
            let _ = writeln!(text, "\n{label}：\n{words}");
        }
    }
    let confirmed = match oral.confirmed {
        OralConfirmation::Signed => "申请人（签名）：".to_owned(),
        OralConfirmation::Fingerprint => "申请人（指印）：".to_owned(),
        OralConfirmation::Voice => format!("申请人已在录音电话（{}）中确认", oral.call),
    };
    let _ = writeln!(
        text,
        "\n以上记录已于{}向申请人宣读，申请人确认与其所述一致。\n\n{confirmed}\n记录人（签名）：",
        receipt::moment(oral.read_back_at)
    );
    Some(text)
}
