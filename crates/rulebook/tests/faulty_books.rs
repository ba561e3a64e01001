//! Books with one planted fault each, refused with the fault named and the way a case would meet it.

use rulebook::check::{Defect, Kind, check};
use rulebook::files::Files;

/// The defects of the book with a piece of one file replaced.
fn planted(file: &str, was: &str, is: &str) -> Vec<Defect> {
    let files = Files::compiled_in();
    let text = files.text(file).to_owned();
    assert!(text.contains(was), "{file} has no {was}");
    check(&files.with(file, text.replacen(was, is, 1)))
}

/// The only defect.
fn only(file: &str, was: &str, is: &str) -> Defect {
    let found = planted(file, was, is);
    let told: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert_eq!(found.len(), 1, "{told:#?}");
    found.into_iter().next().expect("one")
}

#[test]
fn the_book_of_this_build_is_sound() {
    let told: Vec<String> = check(&Files::compiled_in()).iter().map(ToString::to_string).collect();
    assert!(told.is_empty(), "{told:#?}");
}

#[test]
fn a_trap_is_refused_with_its_trace() {
    // A suspended case waits for a review that no party can hurry. Said at the window only, it is no trap; said nowhere,
    // it is one, although the period's end would free the party some day.
    let (window, table) = (
        "IN_MEDIATION SUSPENDED APPRAISAL AGREED_UNSIGNED FAILED,Demand",
        "IN_MEDIATION SUSPENDED APPRAISAL AGREED_UNSIGNED,Request",
    );
    let without = |words: &str| words.replace("SUSPENDED ", "");
    assert_eq!(planted("transitions.csv", window, &without(window)), []);
    let files = Files::compiled_in();
    let text =
        files.text("transitions.csv").replace(window, &without(window)).replace(table, &without(table));
    let found = check(&files.with("transitions.csv", text));
    let told: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "data/transitions.csv: SUSPENDED: Trap: on track PM a party in SUSPENDED does not get to a court without another \
          person's consent, also on track WP, also on track TR, also on track ME, also on track MA, also on track FI, also \
          on track CM, also on track AD\n    \
          track PM on 2016-01-01: begins in DRAFT\n    \
          DRAFT --T01 FileDispute--> SUBMITTED\n    \
          SUBMITTED --T05 AcceptDispute--> ACCEPTED\n    \
          ACCEPTED --T09 ReferCase--> ROUTED\n    \
          ROUTED --T12 ChooseMediator--> ASSIGNED\n    \
          ASSIGNED --T14 ConfirmClaim--> IN_MEDIATION\n    \
          IN_MEDIATION --T21 SuspendMediation--> SUSPENDED\n    \
          from here one party's word leads only to WITHDRAWN"
        ]
    );
}

#[test]
fn without_the_demand_every_state_is_a_trap() {
    let files = Files::compiled_in();
    let lines = files.text("transitions.csv").lines();
    let kept: Vec<&str> =
        lines.filter(|line| !line.contains(",DemandCourt,") && !line.contains(",RequestTransfer,")).collect();
    let found = check(&files.clone().with("transitions.csv", kept.join("\n")));
    for state in ["DRAFT", "REFUSED", "POOL", "IN_MEDIATION", "BREACHED", "CONFIRM_DENIED"] {
        let trap = found.iter().find(|defect| defect.row == state).expect(state);
        assert!(trap.kind == Kind::Trap && trap.trace.len() > 1, "{trap}");
    }
}

#[test]
fn a_trap_behind_the_hand_over_is_found() {
    let trap = only("transitions.csv", "T57,SILENT HANDOFF_DECLINED ", "T57,HANDOFF_DECLINED ");
    assert_eq!((trap.kind, trap.row.as_str()), (Kind::Trap, "SILENT"));
    assert!(trap.says.contains("also on track LA"), "{}", trap.says);
    assert!(
        trap.trace.iter().any(|step| step == "HANDED --T56b DeadlineReached--> SILENT"),
        "{:?}",
        trap.trace
    );
}

#[test]
fn consent_of_another_is_no_way_out() {
    // The same verb, but it now takes all parties.
    let found = planted("transitions.csv", "FILED,PA PR,party,JM", "FILED,PA PR,parties,JM");
    let states: Vec<&str> = found.iter().map(|defect| defect.row.as_str()).collect();
    assert_eq!(states, ["AGREED", "AGREED_UNSIGNED", "FAILED", "IN_MEDIATION", "SUSPENDED"]);
    assert!(found.iter().all(|defect| defect.kind == Kind::Trap && defect.says.contains("on track JM")));
}

#[test]
fn an_orphan_is_refused_with_its_trace() {
    let orphan = only("states.csv", "in the pool,open,studio-head,S05,", "in the pool,open,,S05,");
    assert_eq!((orphan.kind, orphan.row.as_str()), (Kind::Orphan, "POOL"));
    assert!(orphan.says.starts_with("on track PM: nobody must act"), "{}", orphan.says);
    assert_eq!(orphan.trace.last().map(String::as_str), Some("ROUTED --T10 AcceptReferral--> POOL"));
    let clockless = only("states.csv", "open,first-receiver,S02,", "open,first-receiver,,");
    assert_eq!((clockless.kind, clockless.row.as_str()), (Kind::Orphan, "SUBMITTED"));
    assert!(clockless.says.contains("no clock runs"));
    // The parties of commercial mediation agree the period, so the holder's own clock must run beside it.
    let files = Files::compiled_in();
    let states = files
        .text("states.csv")
        .replace("in mediation,open,mediator,main S10", "in mediation,open,mediator,main");
    let moves = files.text("transitions.csv").replace("T15d,IN_MEDIATION ", "T15d,");
    let periodless = check(&files.with("states.csv", states).with("transitions.csv", moves));
    assert_eq!(periodless.len(), 1, "{periodless:#?}");
    assert_eq!(
        (periodless[0].kind, periodless[0].says.as_str()),
        (Kind::Orphan, "on track CM: no clock runs")
    );
}

#[test]
fn an_overlap_and_a_gap_are_refused_with_their_days() {
    let overlap = only("clocks.csv", "K07,R-2016,2016-07-01,2024-12-31", "K07,R-2016,2016-07-01,2025-02-28");
    assert_eq!(
        overlap.to_string(),
        "data/clocks.csv: K07: Overlap: two rows hold from 2025-01-01 to 2025-02-28"
    );
    let endless = only("profiles.csv", "WT,R-2016,2016-07-01,2024-12-31", "WT,R-2016,2016-07-01,");
    assert_eq!(endless.kind, Kind::Overlap);
    let gap = only("profiles.csv", "PO,R-2021a,2021-01-01,2025-12-31", "PO,R-2021a,2021-01-01,2025-11-30");
    assert_eq!(gap.to_string(), "data/profiles.csv: PO: Gap: no row holds from 2025-12-01 to 2025-12-31");
    let twice = only(
        "calendar.csv",
        "2026,WORK,2026-01-04",
        "2026,OFF,2026-01-03,2026-01-03,元旦,yes,P55\n2026,WORK,2026-01-04",
    );
    assert_eq!((twice.kind, twice.says.as_str()), (Kind::Overlap, "2026-01-03 is said twice"));
    let files = Files::compiled_in();
    let without: Vec<_> =
        files.text("calendar.csv").lines().filter(|line| !line.starts_with("2023,")).collect();
    let missing = check(&files.clone().with("calendar.csv", without.join("\n")));
    assert_eq!(missing[0].to_string(), "data/calendar.csv: 2023: Gap: the notice of this year is missing");
    let day = only("clocks.csv", "K44,R-2022p,2022-05-01", "K44,R-2022p,2022-05-02");
    assert_eq!(
        day.to_string(),
        "data/clocks.csv: K44: WrongDay: 2022-05-02 is no day on which R-2022p begins"
    );
}

#[test]
fn an_unknown_reference_is_refused_by_name() {
    for (file, was, is, says) in [
        ("clocks.csv", "PLATFORM_CONFIRMED", "PLATFORM_CONFORMED", "event PLATFORM_CONFORMED"),
        ("clocks.csv", "L15 art. 14", "L99 art. 14", "source L99"),
        ("clocks.csv", "R-2018,2018-12-07", "R-2017,2018-12-07", "regime R-2017"),
        ("profiles.csv", "open,K10", "open,K99", "clock K99"),
        ("states.csv", "open,transfer-desk,S07", "open,transfer-desk,S77", "clock S77"),
        ("transitions.csv", "TR ME MA,,", "TR ME MX,,", "track MX"),
        ("transitions.csv", "T20b,APPRAISAL", "T20b,APPRAISEL", "state APPRAISEL"),
        ("transitions.csv", "DeadlineReached,K04", "DeadlineReached,K03", "clock of its states K03"),
        (
            "exits.csv",
            "FILED NOT_FILED OUTCOME REPORTED",
            "FILED NOT_FILED OUTCOME RETURNED",
            "state RETURNED",
        ),
        ("tracks.csv", "SUIT_RECEIVED", "SUIT_SEEN", "event SUIT_SEEN"),
        ("towns.csv", "court-2072", "court-2073", "court court-2073"),
        ("former_towns.csv", "442000118", "442000999", "town 442000999"),
        ("causes.csv", "8.1,4,隐私权纠纷,8,", "8.1,4,隐私权纠纷,9999,", "parent 9999"),
    ] {
        let defect = only(file, was, is);
        assert_eq!((defect.kind, defect.says.as_str()), (Kind::UnknownReference, says), "{file}");
    }
}

#[test]
fn other_faults_are_named_too() {
    for (file, was, is, told) in [
        ("exits.csv", "L13 art. 33-34", "", "data/exits.csv: the petition office: Unsourced: has no source"),
        ("events.csv", "POOLED,", "ACCEPTED,", "data/events.csv: ACCEPTED: Twice: stands in the table twice"),
        (
            "clocks.csv",
            "K12,R-2016,2016-01-01,,15,",
            "K12,R-2016,2016-01-01,,,",
            "data/clocks.csv: K12: UnknownReference: length and its unit",
        ),
        (
            "regimes.csv",
            "R-2018,2018-12-07",
            "R-2018,2015-12-07",
            "data/regimes.csv: R-2018: WrongDay: begins before the regime above it",
        ),
        (
            "transitions.csv",
            "T61,RECEIVED,DeclineCommission",
            "T61,RECEIVED,SignForCommissions",
            "data/transitions.csv: T61: Ambiguous: on track WT: T60 and T61 both answer SignForCommissions in RECEIVED",
        ),
        (
            "transitions.csv",
            "T45,SUBMITTED,RecordAdvice,,ADVISED",
            "T45,SUBMITTED,RecordAdvice,,REFUSED",
            "data/states.csv: ADVISED: Unreached: no case of any track comes here",
        ),
    ] {
        let told_first = planted(file, was, is).first().map(ToString::to_string);
        assert_eq!(told_first.as_deref(), Some(told));
    }
    let unread = only("clocks.csv", ",consent-30d,", ",sometimes,");
    assert!(unread.kind == Kind::Unreadable && unread.says.contains("line: "), "{unread}");
}

#[test]
fn a_screen_that_contradicts_itself_or_names_nothing_is_refused() {
    let nothing = only("screen.csv", "PS13,crime,,show-police,,R06", "PS13,crime,,show-police,,R77");
    assert_eq!((nothing.kind, nothing.row.as_str()), (Kind::UnknownReference, "PS13"));
    let mild =
        only("screen.csv", "PS09,crime,police-told,report,crime", "PS09,crime,police-told,report,violence");
    assert_eq!((mild.kind, mild.row.as_str()), (Kind::Contradiction, "PS09"));
    let crowd = only("groups.csv", "elected,10,2,5,2", "elected,10,6,5,2");
    assert_eq!((crowd.kind, crowd.row.as_str()), (Kind::Contradiction, "elected"));
    let unread = only("screen.csv", "PS20,injury,", "PS20,bruise,");
    assert_eq!(unread.kind, Kind::Unreadable);
}
