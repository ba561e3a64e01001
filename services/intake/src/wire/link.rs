//! Links and merged drafts: what is asked, and links as messages.

use contracts::intake::v1 as proto;
use lexicon::{CaseId, Fault, Violations};

use super::command::done;
use super::field;
use crate::model::link::{Link, LinkKind};

/// Reads what a dispute is to another.
pub fn link(request: &proto::LinkDisputesRequest) -> Result<(CaseId, CaseId, LinkKind), Violations> {
    let mut violations = Violations::new();
    let sides = two(&mut violations, &request.case_id, "other_case_id", &request.other_case_id);
    // The other words are the other side's view, or a merge's.
    let kind = field::link_kind(request.kind).and_then(|kind| {
        matches!(kind, LinkKind::Related | LinkKind::DuplicateOf).then_some(kind).ok_or(Fault::ENUM_UNKNOWN)
    });
    let kind = violations.check("kind", kind);
    let read = sides.zip(kind).map(|((case, other), kind)| (case, other, kind));
    done(violations, read)
}

/// Reads which draft goes into which.
pub fn merge(request: &proto::MergeDraftsRequest) -> Result<(CaseId, CaseId), Violations> {
    let mut violations = Violations::new();
    let sides = two(&mut violations, &request.case_id, "merged_case_id", &request.merged_case_id);
    done(violations, sides)
}

fn two(violations: &mut Violations, case: &str, field: &str, other: &str) -> Option<(CaseId, CaseId)> {
    let case: Option<CaseId> = field::id(violations, "case_id", case);
    let other: Option<CaseId> = field::id(violations, field, other);
    let sides = case.zip(other);
    if sides.is_some_and(|(case, other)| case == other) {
        violations.push_worded(field, "THE_SAME", "This is the case itself.", "这就是该纠纷本身。");
    }
    sides
}

/// Links as messages.
pub fn links(links: &[(Link, bool)]) -> proto::ListLinksResponse {
    let shown = |(link, seen): &(Link, bool)| proto::DisputeLink {
        other_case_id: if *seen { link.other.to_string() } else { String::new() },
        kind: field::link_kind_number(link.kind),
        link_time: Some(field::timestamp(link.at)),
    };
    proto::ListLinksResponse { links: links.iter().map(shown).collect() }
}
