//! What the parties agree: of the performance, and of the period where that is theirs.

use lexicon::OrgId;
use lexicon::Refusal as _;
use mediation::model::course::{Instalment, Period, Will};
use mediation::model::{Begun, State};
use rulebook::period::{Period as Length, Unit};
use uuid::Uuid;

use super::{at, party, run, terms};

#[test]
fn a_schedule_is_about_the_amount_that_was_agreed() {
    let schedule = |amounts: &[i64]| -> Vec<Instalment> {
        amounts
            .iter()
            .map(|amount| Instalment { due: "2026-04-01".parse().unwrap(), amount: *amount })
            .collect()
    };
    let drafted = |amounts: &[i64]| {
        run(State::InMediation { since: at(10) })
            .draft(terms("terms"), schedule(amounts), Uuid::from_u128(6).into(), at(31))
            .map(|outcome| outcome.into_noun().course.schedule.len())
            .map_err(|refusal| refusal.reason())
    };
    // 5,000 were agreed.
    for short in [&[1_000][..], &[1_000, 1_000], &[4_000, 1_001]] {
        assert_eq!(drafted(short), Err("SCHEDULE_TOTAL_DIFFERS"), "{short:?}");
    }
    for whole in [&[5_000][..], &[1_000, 4_000], &[5_000, 0], &[0], &[]] {
        assert_eq!(drafted(whole), Ok(whole.len()), "{whole:?}: all of it, or acts, or no schedule");
    }
    let by_word = run(State::InMediation { since: at(10) }).agree_orally(
        terms("terms"),
        schedule(&[1_000]),
        Uuid::from_u128(6).into(),
        at(31),
    );
    assert_eq!(by_word.unwrap_err().reason(), "SCHEDULE_TOTAL_DIFFERS");
}

#[test]
fn a_period_of_their_own_is_agreed_in_any_unit_by_all_and_in_time() {
    let begun = Begun { accepted: Some("2026-05-06T01:00:00Z".parse().unwrap()), ..Begun::default() };
    let since: chrono::DateTime<chrono::Utc> = "2026-05-07T01:00:00Z".parse().unwrap();
    let period = Period::begin("CM", &begun, since);
    assert_eq!((period.clock(), period.due(&begun.law)), ("K11", "2026-06-05".parse().ok()));
    let parties = [party(1), party(2)];
    let will = |at| Will::Consents(parties.map(|who| (who, at)).to_vec());
    let agree = |unit, will| period.extend(Length { length: 10, unit }, will, &parties, since, &begun.law);
    for (unit, due) in
        [(Unit::Days, "2026-05-18"), (Unit::WorkDays, "2026-05-20"), (Unit::Months, "2027-03-08")]
    {
        let own = agree(unit, will(since)).unwrap();
        assert_eq!((own.clock(), own.due(&begun.law)), ("main", due.parse().ok()), "{unit:?}");
    }
    let late = "2026-06-05T16:00:00Z".parse().unwrap();
    assert_eq!(agree(Unit::Days, will(late)).unwrap_err().reason(), "EXTENSION_AFTER_THE_END");
    let organ = Will::Approval(OrgId::new("studio-1").unwrap(), since);
    assert_eq!(agree(Unit::Days, organ).unwrap_err().reason(), "WRONG_HAND_EXTENDS");
}
