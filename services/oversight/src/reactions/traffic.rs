//! The times of a traffic accident beside the traffic police's own period: to ask them (K18, K21), to be told of a sitting and
//! to ask for another day (K20; L11 art. 85, 86, 88).

use contracts::mediation::v1 as mediation;

use super::{given, instant};
use crate::model::Step::{Met, Seen};
use crate::model::{Holder, Noun, Step, start};

/// What the parties have ten days from.
const DETERMINATION: &str = "DETERMINATION_RECEIVED";
/// The clocks before a sitting of the traffic police: of their notice, and of a party that asks for another day.
pub(super) const NOTICES: [&str; 2] = ["K20a", "K20b"];

/// What runs beside the base period, whenever that begins and however often it is counted anew.
pub(super) const BESIDE_THE_PERIOD: &[&str] = &["K18", NOTICES[0], NOTICES[1]];

/// A sitting of the traffic police is planned: both clocks count back from its day, and anew from another one. The notice is met
/// once everybody has been told.
pub(super) fn notices(event: &mediation::SessionScheduled) -> Vec<Step> {
    if event.track != "TR" {
        return vec![];
    }
    let met = NOTICES.map(|clock| Met(Noun::Mediation, clock));
    let counted = NOTICES.map(|clock| {
        let counted = start(Noun::Mediation, clock, Holder::Same).beside();
        Step::from(counted.at("TRAFFIC_SESSION", instant(event.start_time)))
    });
    let told = event.notice_time.map(|_| Met(Noun::Mediation, NOTICES[0]));
    met.into_iter().chain(counted).chain(told).collect()
}

/// A determination was received while a committee mediates: the parties have ten days to ask the traffic police instead.
pub(super) fn to_be_asked(event: &mediation::StartEventRecorded) -> Vec<Step> {
    if event.event != DETERMINATION {
        return vec![];
    }
    let asked = start(Noun::Mediation, "K18", Holder::Same).generation(given(event.generation)).beside();
    vec![Met(Noun::Mediation, "K18"), asked.at(DETERMINATION, instant(event.event_time)).into()]
}

/// The committee has ended its mediation of an accident: three days are left for that.
pub(super) fn after_a_failure(generation: Option<u64>) -> Step {
    let asked = start(Noun::Mediation, "K21", Holder::FirstReceiver).generation(generation).beside();
    Seen(DETERMINATION, Box::new(asked))
}
