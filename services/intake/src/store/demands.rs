//! The column of the demands for the court: who has said it, when and in which version, and up to which they are over (JSON).

use chrono::{DateTime, Utc};
use courier::Fault;
use lexicon::Demands;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::model::{Demand, Demanding};

#[derive(Serialize, Deserialize)]
struct Said {
    party: Uuid,
    how: String,
    at: DateTime<Utc>,
    number: u64,
}

#[derive(Serialize, Deserialize)]
struct Written {
    said: Vec<Said>,
    demands: Demands,
}

/// As text.
pub(super) fn text(standing: &Demanding) -> Result<String, Fault> {
    let said = standing.said.iter().map(|(demand, number)| Said {
        party: demand.party.as_uuid(),
        how: demand.how.code().to_owned(),
        at: demand.at,
        number: *number,
    });
    let written = Written { said: said.collect(), demands: standing.demands };
    serde_json::to_string(&written).map_err(|error| Fault::new("write the demands for the court", error))
}

/// From its text; nothing of what nobody wrote so.
pub(super) fn read(text: &str) -> Option<Demanding> {
    let Written { said, demands } = serde_json::from_str(text).ok()?;
    let one = |said: Said| {
        let demand = Demand { party: said.party.into(), how: said.how.parse().ok()?, at: said.at };
        Some((demand, said.number))
    };
    Some(Demanding { said: said.into_iter().map(one).collect::<Option<_>>()?, demands })
}
