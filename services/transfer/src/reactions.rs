//! What transfer does about the news it hears: its mail slot.

use access::relation;
use chrono::{DateTime, Utc};
use contracts::intake::v1::{
    CourtDemanded, DisputeAccepted, DisputeAdvised, DisputeCorrected, DisputeFiled, DisputeRefused,
    DisputeWithdrawn, DraftSaved, PartyAmended, PartyDigest,
};
use contracts::lexicon::v1::PartyRole;
use contracts::mediation::v1::{
    AgreementBreached, AgreementPerformed, AgreementSigned, MediationConcluded, MediationOpened,
    MediationResumed, MediationSuspended, PerformanceBegan, SuspensionCause,
};
use contracts::oversight::v1::{DeadlineReached, EditionActivated};
use courier::{Heard, Reaction, Reactions, Trouble};
use futures::future::BoxFuture;
use lexicon::{CourtId, OrgId, Outcome, PartyId};
use prost::Name;

use crate::model::thread::Moved;
use crate::model::{Facts, Filing, News, Settled, Stage, Suit, Thread};
use crate::store::Store;

type Answer = Result<Outcome<Thread, News>, Trouble>;

/// The ground of a mediation that was found to be a sham.
const SHAM: &str = "F06";
/// The ground of a commission whose suit the window did not take in: a legal obstacle was found.
const NOT_TAKEN: &str = "F11";

/// Everything that is heard, one line each.
pub(crate) fn reactions(store: &Store) -> Reactions {
    Reactions::of("transfer")
        .before(relation::KINDS.iter().copied(), relation::feed)
        .on::<EditionActivated, _, _>(almanac::keep)
        .on(on(store, accepted))
        .on(on(store, court_demanded))
        .on(on(store, |thread, heard: &Heard<DisputeWithdrawn>| Ok(thread.withdraw(heard.at))))
        .on(on(store, |thread, heard: &Heard<DisputeRefused>| Ok(thread.over(NOT_TAKEN, heard.at))))
        .on(on(store, |thread, heard: &Heard<DisputeAdvised>| Ok(thread.over(NOT_TAKEN, heard.at))))
        .on(on(store, party_amended))
        .on(on(store, |thread, _: &Heard<DisputeCorrected>| Ok(complaint_changed(thread))))
        .on(redrafted(store, |event: &DraftSaved| event.court_demanded))
        .on(redrafted(store, |event: &DisputeFiled| event.court_demanded))
        .on(on(store, mediation_opened))
        .on(on(store, agreement_signed))
        .on(on(store, |thread, heard| Ok(concluded(thread, heard))))
        .on(on(store, |thread, heard| Ok(suspended(thread, heard))))
        .on(on(store, |thread, _: &Heard<MediationResumed>| Ok(suspected(thread, None))))
        .on(on(store, |thread, _: &Heard<PerformanceBegan>| Ok(at(thread, Stage::Performing))))
        .on(on(store, |thread, _: &Heard<AgreementBreached>| Ok(at(thread, Stage::Breached))))
        .on(on(store, |thread, _: &Heard<AgreementPerformed>| Ok(at(thread, Stage::Performed))))
        .on(on(store, |thread, heard| Ok(deadline_reached(thread, heard))))
}

/// The handler with its store.
fn on<M: Name + Send + Sync + 'static>(
    store: &Store,
    act: fn(Thread, &Heard<M>) -> Answer,
) -> impl Fn(Heard<M>) -> BoxFuture<'static, Result<Reaction, Trouble>> + Send + Sync + 'static {
    let store = store.clone();
    move |heard| {
        let store = store.clone();
        Box::pin(async move {
            let mut poison = None;
            let judge = |thread: Thread| {
                act(thread.clone(), &heard).unwrap_or_else(|trouble| {
                    poison = Some(trouble);
                    Outcome::AlreadySo(thread)
                })
            };
            let reaction = store.hear(&heard, judge).await?;
            poison.map_or(Ok(reaction), Err)
        })
    }
}

/// A draft says otherwise. Nobody looks at the case unless the court was demanded of it, for then a filing may be packed.
fn redrafted<M: Name + Send + Sync + 'static>(
    store: &Store,
    demanded: fn(&M) -> bool,
) -> impl Fn(Heard<M>) -> BoxFuture<'static, Result<Reaction, Trouble>> + Send + Sync + 'static {
    let store = store.clone();
    move |heard| {
        let store = store.clone();
        Box::pin(async move {
            if demanded(&heard.event) {
                store.hear(&heard, complaint_changed).await
            } else {
                Ok(Reaction::Nothing)
            }
        })
    }
}

/// What a window has accepted, and on which track.
fn accepted(thread: Thread, heard: &Heard<DisputeAccepted>) -> Answer {
    let event = &heard.event;
    let mut facts = Facts {
        first_receiver: Some(org(&event.first_receiver_org)?),
        track: event.track.clone(),
        cause: event.cause_code.clone(),
        parties: event.parties.iter().map(party).collect::<Result<_, Trouble>>()?,
        digests: event
            .parties
            .iter()
            .filter_map(|said| digest(said).transpose())
            .collect::<Result<_, Trouble>>()?,
        suit: suit(event)?,
        ..thread.facts.clone()
    };
    // A demand from before was dropped: else the window could not have accepted.
    facts.no_demand();
    Ok(told(thread, facts))
}

/// The court that has the suit, if one does.
fn suit(event: &DisputeAccepted) -> Result<Option<Suit>, Trouble> {
    if event.court_org.is_empty() {
        return Ok(None);
    }
    let court = CourtId::new(event.court_org.as_str()).map_err(|_| poison("COURT"))?;
    Ok(Some(Suit { court, number: event.court_case_number.clone() }))
}

/// A party wants the court: what the rule book names for the track opens at the first receiver's desk.
fn court_demanded(mut thread: Thread, heard: &Heard<CourtDemanded>) -> Answer {
    let event = &heard.event;
    let first_receiver = org(&event.first_receiver_org)?;
    let facts = &mut thread.facts;
    facts.first_receiver = Some(first_receiver.clone());
    for (known, said) in [(&mut facts.track, &event.track), (&mut facts.cause, &event.cause_code)] {
        if known.is_empty() {
            known.clone_from(said);
        }
    }
    // One of before does not say who it was.
    let party = Some(&event.party_id).filter(|id| !id.is_empty());
    let party = party.map(|id| id.parse().map_err(|_| poison("PARTY_ID"))).transpose()?;
    thread.facts.demands.say(heard.version);
    // Kept also where it opens nothing: whoever takes back or answers names the last that was heard.
    Ok(match thread.demanded_by(party, &first_receiver, || heard.stamp.id(), heard.at) {
        Outcome::AlreadySo(thread) => Outcome::Changed(thread, vec![]),
        moved @ Outcome::Changed(..) => moved,
    })
}

/// The parties are those of the file, and a package that is not submitted was made of what they were.
fn party_amended(mut thread: Thread, heard: &Heard<PartyAmended>) -> Answer {
    if let Some(said) = &heard.event.party {
        let (id, required) = party(said)?;
        thread.facts.digests.remove(&id);
        thread.facts.digests.extend(digest(said)?);
        match thread.facts.parties.iter_mut().find(|(known, _)| *known == id) {
            Some(known) => known.1 = required,
            None => thread.facts.parties.push((id, required)),
        }
    }
    Ok(complaint_changed(thread))
}

/// What a package would be made of is no longer what it was: one that nobody has submitted is dropped.
fn complaint_changed(thread: Thread) -> Outcome<Thread, News> {
    let moved: Moved = thread.clone().filing(Filing::amended);
    match moved {
        Ok(Outcome::Changed(thread, news)) => Outcome::Changed(thread, news),
        _ => Outcome::Changed(thread, vec![]),
    }
}

/// A run is open: whose studio it is.
fn mediation_opened(thread: Thread, heard: &Heard<MediationOpened>) -> Answer {
    let studio = Some(org(&heard.event.studio_org)?);
    let track = heard.event.track.clone();
    let facts = Facts { studio, track, stage: Stage::InMediation, ..thread.facts.clone() };
    Ok(told(thread, facts))
}

/// There is something to confirm, to sue on and to perform.
fn agreement_signed(thread: Thread, heard: &Heard<AgreementSigned>) -> Answer {
    let event = &heard.event;
    let effective = event.effective_time.as_ref().and_then(|time| {
        chrono::DateTime::from_timestamp(time.seconds, u32::try_from(time.nanos).unwrap_or_default())
    });
    let settled = Settled {
        agreement: event.agreement_id.parse().map_err(|_| poison("AGREEMENT_ID"))?,
        effective: effective.ok_or_else(|| poison("EFFECTIVE_TIME"))?,
        partial: event.partial,
        amount: event.amount_fen,
    };
    let mut facts = Facts { stage: Stage::Agreed, ..thread.facts.clone() };
    if facts.settled.as_ref().is_none_or(|known| known.agreement != settled.agreement) {
        // Another agreement: what a court said of the one before is not about this one.
        (facts.confirmed, facts.documented, facts.document) = (false, false, None);
    }
    facts.settled = Some(settled);
    Ok(told(thread, facts))
}

/// It failed. What a demand had opened before stays as it is.
fn concluded(thread: Thread, heard: &Heard<MediationConcluded>) -> Outcome<Thread, News> {
    let facts = Facts { stage: Stage::Failed, ground: heard.event.ground.clone(), ..thread.facts.clone() };
    let sham = heard.event.ground == SHAM;
    let after = Thread { facts, ..thread };
    // Whoever commissioned a mediation that was a sham is not left to ask (L4 art. 18, 26).
    let reported = if sham { after.clone().report(false, heard.at).ok() } else { None };
    match reported {
        Some(reported @ Outcome::Changed(..)) => reported,
        _ => Outcome::Changed(after, vec![]),
    }
}

/// A suspected sham: the court that commissioned the mediation sees it (L4 art. 18).
fn suspended(thread: Thread, heard: &Heard<MediationSuspended>) -> Outcome<Thread, News> {
    match heard.event.cause() {
        SuspensionCause::Sham => suspected(thread, Some(heard.at)),
        SuspensionCause::Unspecified | SuspensionCause::Emergency => Outcome::AlreadySo(thread),
    }
}

fn suspected(thread: Thread, since: Option<DateTime<Utc>>) -> Outcome<Thread, News> {
    let moved = thread.clone().commission(|commission| commission.suspect(since));
    moved.unwrap_or(Outcome::AlreadySo(thread))
}

/// A clock of ours has run out: the model compares generations.
fn deadline_reached(thread: Thread, heard: &Heard<DeadlineReached>) -> Outcome<Thread, News> {
    let event = &heard.event;
    let moved = match event.noun.to_ascii_lowercase().trim_start_matches("noun_") {
        "filing" => thread.clone().filing(|filing| filing.lapse(&event.clock, event.generation)),
        "handoff" => {
            thread.clone().handoff(|handoff| handoff.silent(&event.clock, event.generation, heard.at))
        }
        _ => return Outcome::AlreadySo(thread),
    };
    // What is not there has no clock.
    moved.unwrap_or(Outcome::AlreadySo(thread))
}

fn at(thread: Thread, stage: Stage) -> Outcome<Thread, News> {
    let facts = Facts { stage, ..thread.facts.clone() };
    told(thread, facts)
}

fn told(thread: Thread, facts: Facts) -> Outcome<Thread, News> {
    Outcome::Changed(Thread { facts, ..thread }, vec![])
}

fn party(party: &PartyDigest) -> Result<(PartyId, bool), Trouble> {
    let id = party.party_id.parse().map_err(|_| poison("PARTY_ID"))?;
    Ok((id, matches!(party.role(), PartyRole::Claimant | PartyRole::Respondent)))
}

/// By what the party is known, if it is.
fn digest(party: &PartyDigest) -> Result<Option<(PartyId, String)>, Trouble> {
    let known = Some(&party.digest).filter(|digest| !digest.is_empty());
    let id = || party.party_id.parse().map_err(|_| poison("PARTY_ID"));
    known.map(|digest| Ok((id()?, digest.clone()))).transpose()
}

fn org(text: &str) -> Result<OrgId, Trouble> {
    OrgId::new(text).map_err(|_| poison("ORGANISATION"))
}

fn poison(what: &str) -> Trouble {
    Trouble::Poison(what.to_owned())
}
