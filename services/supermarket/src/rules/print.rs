//! Rule sets and simulations, for people in columns and for machines as one JSON object.

use std::io::{self, Write as _};

use contracts::routing::v1::{
    RoutingRule, RuleSet as InForce, RuleSetActivation, RuleSetRef, RuleSetSimulation, StudioShift,
};
use ruleset::{Fault, RuleSet};
use serde_json::{Value, json};

use crate::law::columns::{Line, print};

/// The set in force, each rule with what it did.
pub fn set(set: &InForce, machine: bool) -> anyhow::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    let which = set.rule_set.clone().unwrap_or_default();
    if machine {
        let rules: Vec<Value> = set.rules.iter().map(rule_json).collect();
        let activations: Vec<Value> = set.activations.iter().map(activation_json).collect();
        let whole = json!({
            "rule_set": reference(&which), "rules": rules, "activations": activations, "text": set.text,
        });
        writeln!(out, "{whole}")?;
        return Ok(out.flush()?);
    }
    writeln!(out, "分流规则 routing rules {} {}, number {}", which.rule_set_id, which.version, which.number)?;
    writeln!(out, "SHA-256 {}", which.digest)?;
    writeln!(out, "? = 未与原文核对 not verified in its source\n")?;
    let heads = [
        "优先级 priority",
        "规则 rule",
        "首选 first",
        "次选 second",
        "",
        "改派 overridden",
        "分流/退回 sent/back",
    ];
    let mut lines = vec![Line::Cells(heads.map(str::to_owned).to_vec())];
    for rule in &set.rules {
        let by_studio = rule
            .studios
            .iter()
            .map(|one| format!("{} {}/{}", one.studio_org, one.referred_count, one.returned_count));
        let first = if rule.refuse_ground.is_empty() { &rule.first_studio_kind } else { &rule.refuse_ground };
        let unverified = if rule.verified || rule.source.is_empty() { "" } else { "?" };
        lines.push(Line::Cells(vec![
            rule.priority.to_string(),
            rule.rule_id.clone(),
            first.clone(),
            rule.second_studio_kind.clone(),
            unverified.to_owned(),
            rule.overridden_count.to_string(),
            by_studio.collect::<Vec<_>>().join(", "),
        ]));
        if !rule.source.is_empty() {
            lines.push(Line::Below(format!("{} {} [{}]", rule.reason, rule.reason_en, rule.source)));
        }
    }
    print(&lines, &mut out)?;
    Ok(out.flush()?)
}

/// Whether a file is sound.
pub fn checked(read: &Result<RuleSet, Vec<Fault>>, machine: bool) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    match (read, machine) {
        (Ok(set), false) => {
            writeln!(out, "{} {} is sound: {} rules.", set.id, set.version, set.rules.len())?;
            writeln!(out, "SHA-256 {}", set.digest)?;
        }
        (Ok(set), true) => {
            let told = json!({
                "sound": true, "rule_set_id": set.id, "version": set.version, "digest": set.digest,
                "rules": set.rules.len(), "faults": [],
            });
            writeln!(out, "{told}")?;
        }
        (Err(faults), false) => {
            for fault in faults {
                writeln!(out, "{} {fault}\n  {}", fault.code(), fault.chinese())?;
            }
        }
        (Err(faults), true) => {
            let told = |fault: &Fault| {
                json!({
                    "code": fault.code(), "rule": fault.rule(), "text": fault.chinese(), "text_en": fault.to_string(),
                })
            };
            writeln!(
                out,
                "{}",
                json!({ "sound": false, "faults": faults.iter().map(told).collect::<Vec<_>>() })
            )?;
        }
    }
    Ok(())
}

/// Who gains and who loses work.
pub fn simulation(told: &RuleSetSimulation, machine: bool) -> anyhow::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    let which = told.rule_set.clone().unwrap_or_default();
    if machine {
        let shift = |one: &StudioShift| {
            json!({
                "studio_org": one.studio_org, "refuse_ground": one.refuse_ground, "before": one.before_count,
                "after": one.after_count, "gained": one.gained_count, "lost": one.lost_count,
            })
        };
        let moves = told.moves.iter().map(
            |one| json!({ "case_id": one.case_id, "from": one.from, "to": one.to, "rule": one.rule_id }),
        );
        let rules = told.rules.iter().map(|one| json!({ "rule": one.rule_id, "decided": one.decided_count }));
        let whole = json!({
            "preview_digest": told.preview_digest, "rule_set": reference(&which), "decisions": told.decision_count,
            "moved": told.moved_count, "shifts": told.shifts.iter().map(shift).collect::<Vec<_>>(),
            "rules": rules.collect::<Vec<_>>(), "moves": moves.collect::<Vec<_>>(),
        });
        writeln!(out, "{whole}")?;
        return Ok(out.flush()?);
    }
    writeln!(
        out,
        "{} {}: of {} decisions {} would have gone elsewhere.\n",
        which.rule_set_id, which.version, told.decision_count, told.moved_count
    )?;
    let heads = ["工作室 studio", "现 now", "后 then", "增 gains", "减 loses"];
    let mut lines = vec![Line::Cells(heads.map(str::to_owned).to_vec())];
    lines.extend(told.shifts.iter().map(|one| {
        let name = if one.refuse_ground.is_empty() { &one.studio_org } else { &one.refuse_ground };
        let counts = [one.before_count, one.after_count, one.gained_count, one.lost_count];
        Line::Cells([name.clone()].into_iter().chain(counts.map(|count| count.to_string())).collect())
    }));
    print(&lines, &mut out)?;
    let idle = told.rules.iter().filter(|one| one.decided_count == 0).map(|one| one.rule_id.as_str());
    writeln!(out, "\nRules that decided none of them: {}", idle.collect::<Vec<_>>().join(" "))?;
    for one in &told.moves {
        writeln!(out, "  {} {} → {} ({})", one.case_id, one.from, one.to, one.rule_id)?;
    }
    writeln!(out, "\nTo put it in force: supermarket rules activate FILE --preview {}", told.preview_digest)?;
    Ok(out.flush()?)
}

/// That a set is in force.
pub fn activation(put: &RuleSetActivation, machine: bool) {
    if machine {
        println!("{}", activation_json(put));
        return;
    }
    let which = put.rule_set.clone().unwrap_or_default();
    println!("{} {} is in force, number {}.", which.rule_set_id, which.version, which.number);
}

fn reference(which: &RuleSetRef) -> Value {
    json!({
        "number": which.number, "rule_set_id": which.rule_set_id, "version": which.version, "digest": which.digest,
    })
}

fn activation_json(put: &RuleSetActivation) -> Value {
    json!({
        "rule_set": put.rule_set.as_ref().map(reference), "activated": put.activate_time.map(|time| time.seconds),
        "by": put.activated_by,
    })
}

fn rule_json(rule: &RoutingRule) -> Value {
    let studios = rule.studios.iter().map(|one| {
        json!({ "studio_org": one.studio_org, "referred": one.referred_count, "returned": one.returned_count })
    });
    json!({
        "rule": rule.rule_id, "priority": rule.priority, "first": rule.first_studio_kind,
        "second": rule.second_studio_kind, "refuse_ground": rule.refuse_ground, "reason": rule.reason,
        "reason_en": rule.reason_en, "source": rule.source, "verified": rule.verified,
        "overridden": rule.overridden_count, "studios": studios.collect::<Vec<_>>(),
    })
}
