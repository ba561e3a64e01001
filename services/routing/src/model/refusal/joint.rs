//! What the rules of joint acts say to people.

use super::Rule;

/// English, then Chinese. Every other rule has its words beside it.
pub(super) fn words(rule: &Rule) -> (&'static str, &'static str) {
    match rule {
        Rule::ClaimInForce => (
            "A mediator has claimed the case, or a claim is being fenced off: have it released first.",
            "案件已被认领或者认领正在失效，请先释放认领。",
        ),
        Rule::NotResponsible => (
            "Another organisation is responsible for the case: only that one can do this.",
            "案件由其他单位负责，只能由该单位办理。",
        ),
        Rule::NotALevelUp => (
            "This organisation is not on a higher level: delegate the case, or refer it.",
            "该单位不是上级单位，请改为下派或者分流。",
        ),
        Rule::NotALevelDown => (
            "This organisation is neither on a lower level nor below in the tree.",
            "该单位既不是下级单位，也不隶属于本单位。",
        ),
        Rule::LevelSkipped { .. } => {
            ("A level in between is passed over: say why.", "越过了中间层级，须填写越级理由。")
        }
        Rule::DueDateOutOfRange => {
            ("The day has passed, or is more than 60 days ahead.", "所定期限已过，或者超过六十日。")
        }
        Rule::HandOverOver => (
            "The day of this hand-over has passed: it has returned to whoever offered it.",
            "移交的接收期限已过，案件已自动退回。",
        ),
        Rule::ConsultationPending => (
            "Another consultation waits for its decision: record that first.",
            "已有会商等待决定，请先登记决定。",
        ),
        Rule::NoConsultationPending => {
            ("No such consultation waits for a decision.", "没有等待决定的该次会商。")
        }
        Rule::NotAParticipant => (
            "Only the convener and the participants lead, help or object.",
            "牵头、协办和提出异议的单位只能是会商的召集或者参加单位。",
        ),
        Rule::AssistancePending => {
            ("Another request for assistance waits for its answer.", "已有协助请求等待答复。")
        }
        Rule::NoAssistancePending => (
            "No such request for assistance waits for this organisation's answer.",
            "没有等待本单位答复的该次协助请求。",
        ),
        Rule::NotPolice => {
            ("Police assistance is asked of a police organisation.", "警务协助只能向公安机关提出。")
        }
        Rule::LeadDecided => (
            "A consultation named another lead unit, and the case waits for its acceptance: no mediator takes it meanwhile.",
            "会商已决定由其他单位牵头，案件正等待该单位接收，其间不得认领或者指定调解员。",
        ),
        Rule::CoMediatorNotOpen => (
            "A co-mediator must be in the directory of the assisting organisation, is not the holder, and has not stepped \
             aside in this case.",
            "共同调解员须为协助单位名录中的调解员，不得是承办人，也不得已在本案中回避。",
        ),
        Rule::ReasonMissing => ("Whoever declines says why.", "不予协助的，须说明理由。"),
        _ => (
            "The directory has no such organisation, or it is the responsible one itself.",
            "名录中没有该单位，或者该单位即为负责单位。",
        ),
    }
}
