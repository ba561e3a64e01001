//! The rule book, for people in columns and for machines as one JSON object.

use std::io::Write;

use chrono::NaiveDate;
use rulebook::clocks::{self, Clock, Extendable};
use rulebook::grounds::{self, GroundKind};
use rulebook::period::Way;
use rulebook::profiles::{self, Profile};
use rulebook::regimes::{self, Regime};
use rulebook::{causes, channels, dossier, edition, groups, matters, screen, sources, tracks};
use serde_json::{Value, json};

use super::columns::{Line, print};

/// Prints the book.
pub fn tell(machine: bool, out: &mut impl Write) -> anyhow::Result<()> {
    if machine {
        writeln!(out, "{}", whole())?;
        return Ok(());
    }
    writeln!(out, "规则库 rule book, edition {}", edition::COMPILED_IN)?;
    writeln!(out, "? = 未与原文核对 not verified in its source\n")?;
    writeln!(out, "规则版本 regimes")?;
    print(&pairs(regimes::all(), regime), out)?;
    writeln!(out, "\n调解途径 tracks")?;
    print(&pairs(profiles::all(), track), out)?;
    writeln!(out, "\n期限 clocks")?;
    print(&pairs(clocks::all(), clock), out)?;
    let unfixed = clocks::unfixed().iter().flat_map(|open| {
        let head = [&open.id, "长度由组织自定 length left to the body", &open.name_zh].map(str::to_owned);
        [Line::Cells(head.to_vec()), Line::Below(format!("{} [{}]", open.name_en, open.source))]
    });
    print(&unfixed.collect::<Vec<_>>(), out)?;
    for (kind, title) in [
        (GroundKind::Refuse, "退回事由 grounds of refusal"),
        (GroundKind::Fail, "终结事由 grounds of failure"),
    ] {
        writeln!(out, "\n{title}")?;
        let of_kind: Vec<_> = grounds::all().iter().filter(|ground| ground.kind == kind).collect();
        print(&pairs(&of_kind, |ground| ground_lines(ground)), out)?;
    }
    writeln!(out, "\n不得调解或不得确认 not mediable, or not confirmable")?;
    print(&pairs(matters::all(), matter), out)?;
    writeln!(out, "\n收件筛查 the screen at intake")?;
    print(&pairs(screen::all(), seen), out)?;
    writeln!(out, "\n来源渠道登记事项 what each channel records")?;
    print(&pairs(channels::all(), recorded), out)?;
    writeln!(out, "\n归档必备文书 what belongs into a file")?;
    print(&pairs(dossier::all(), filed), out)?;
    writeln!(out, "\n代表人 groups and those whom they elect")?;
    print(&pairs(groups::all(), group), out)?;
    writeln!(out, "\n来源 sources")?;
    let rows = sources::all().iter().map(|source| Line::Cells(vec![source.id.clone(), source.title.clone()]));
    print(&rows.collect::<Vec<_>>(), out)?;
    Ok(())
}

/// The lines of all rows.
fn pairs<T, const N: usize>(rows: &[T], lines: impl Fn(&T) -> [Line; N]) -> Vec<Line> {
    rows.iter().flat_map(lines).collect()
}

fn cells<const N: usize>(cells: [String; N]) -> Line {
    Line::Cells(Vec::from(cells))
}

fn mark(verified: bool) -> String {
    if verified { "" } else { "?" }.to_owned()
}

/// `2016-07-01..2024-12-31`, open at the end that is open.
fn span(from: Option<NaiveDate>, to: Option<NaiveDate>) -> String {
    let day = |day: Option<NaiveDate>| day.map_or_else(String::new, |day| day.to_string());
    if from.is_none() && to.is_none() { String::new() } else { format!("{}..{}", day(from), day(to)) }
}

fn regime(row: &Regime) -> [Line; 2] {
    let also = row.also_from.map_or_else(String::new, |day| format!(" ({day})"));
    let days = format!("{}{also}", row.valid_from);
    [
        cells([row.code.clone(), days, mark(row.verified), row.changes_zh.clone()]),
        Line::Below(format!("{} [{}]", row.changes_en, row.source)),
    ]
}

fn track(row: &Profile) -> [Line; 4] {
    let track = tracks::get(&row.track);
    let (name_zh, name_en) = track.map_or(("", ""), |track| (track.name_zh.as_str(), track.name_en.as_str()));
    let clocks = [&row.main, &row.summary, &row.opinion, &row.second];
    let clocks = clocks.into_iter().flatten().cloned().collect::<Vec<_>>().join(" ");
    let clocks = if clocks.is_empty() { "约定 agreed".to_owned() } else { clocks };
    let code = row.track.clone();
    let zh = [row.status.chinese(), name_zh, row.exit.chinese(), row.publicity.chinese(), row.fee.chinese()];
    let en = [row.status.english(), name_en, row.exit.english(), row.publicity.english(), row.fee.english()];
    let line = |head: [String; 3], clocks: String, [status, name, exit, publicity, fee]: [&str; 5]| {
        let words = [
            status.to_owned(),
            name.to_owned(),
            clocks,
            exit.to_owned(),
            publicity.to_owned(),
            fee.to_owned(),
        ];
        Line::Cells(head.into_iter().chain(words).collect())
    };
    [
        line([code, mark(row.verified), span(Some(row.valid_from), row.valid_to)], clocks, zh),
        line([const { String::new() }; 3], String::new(), en),
        Line::Below(format!("{}；{}", row.when_zh, row.formality.chinese())),
        Line::Below(format!("{}; {} [{}]", row.when_en, row.formality.english(), row.source)),
    ]
}

fn clock(row: &Clock) -> [Line; 4] {
    let back = row.way == Way::Backward;
    let (before_zh, before_en) = if back { ("之前", " before") } else { ("", "") };
    let stops_zh =
        row.stops.iter().map(|reason| format!("，{}除外", reason.chinese())).collect::<Vec<_>>().concat();
    let stops_en =
        row.stops.iter().map(|reason| format!("; stops for {}", reason.code())).collect::<Vec<_>>().concat();
    let (more_zh, more_en) = extension(row.extension);
    let (none, span) = (String::new, span(row.valid_from, row.valid_to));
    let (length_zh, length_en) = (row.period().chinese(), row.period().english());
    [
        cells([
            row.id.clone(),
            mark(row.verified),
            format!("{before_zh}{length_zh}"),
            span,
            format!("{more_zh}{stops_zh}"),
            row.name_zh.clone(),
        ]),
        cells([
            none(),
            none(),
            format!("{length_en}{before_en}"),
            none(),
            format!("{more_en}{stops_en}"),
            row.name_en.clone(),
        ]),
        Line::Below(format!("起算：{}。届满：{}", row.start_zh(), row.expiry_zh)),
        Line::Below(format!("from: {}. then: {} [{}]", row.start_en(), row.expiry_en, row.source)),
    ]
}

fn extension(rule: Extendable) -> (String, String) {
    let (whose_zh, whose_en, cap) = match rule {
        Extendable::No => return ("不得延长".to_owned(), "no extension".to_owned()),
        Extendable::ByConsent(cap) => ("各方同意可延长", "by consent of all", cap),
        Extendable::ByApproval(cap) => ("经批准可延长", "by approval", cap),
    };
    match cap {
        None => (whose_zh.to_owned(), whose_en.to_owned()),
        Some(cap) => (
            format!("{whose_zh}，合计至多{}", cap.chinese()),
            format!("{whose_en}, {} at most", cap.english()),
        ),
    }
}

fn ground_lines(row: &grounds::Ground) -> [Line; 2] {
    let to = if row.redirect_en.is_empty() { String::new() } else { format!(" → {}", row.redirect_en) };
    [
        cells([row.code.clone(), mark(row.verified), row.chinese.clone(), row.redirect_zh.clone()]),
        Line::Below(format!("{}{to} [{}]", row.english, row.source)),
    ]
}

fn matter(row: &matters::Matter) -> [Line; 2] {
    let told = |well: bool, zh: &str, en: &str| {
        if well { format!("可{zh} may be {en}") } else { format!("不得{zh} not {en}") }
    };
    let (mediate, confirm) = (told(row.mediate, "调解", "mediated"), told(row.confirm, "确认", "confirmed"));
    [
        cells([row.id.clone(), mark(row.verified), mediate, confirm, row.chinese.clone()]),
        Line::Below(format!("{} [{}]", row.english, row.source)),
    ]
}

fn seen(row: &screen::Row) -> [Line; 2] {
    let zh = row.signs.iter().map(|sign| sign.chinese()).collect::<Vec<_>>().join("＋");
    let en = row.signs.iter().map(|sign| sign.english()).collect::<Vec<_>>().join(" + ");
    let unless: Vec<_> = row.unless.iter().map(|sign| sign.english()).collect();
    let unless = if unless.is_empty() { String::new() } else { format!(", unless {}", unless.join(" or ")) };
    [
        cells([
            row.id.clone(),
            mark(row.verified),
            row.consequence.chinese().to_owned(),
            zh,
            row.chinese.clone(),
        ]),
        Line::Below(format!("{}: {en}{unless}: {} [{}]", row.consequence.english(), row.english, row.source)),
    ]
}

fn recorded(row: &channels::Row) -> [Line; 2] {
    [
        cells([
            row.id.clone(),
            mark(row.verified),
            row.channel.clone(),
            row.field.chinese().to_owned(),
            row.chinese.clone(),
        ]),
        Line::Below(format!("{} [{}]", row.english, row.source)),
    ]
}

fn filed(row: &dossier::Row) -> [Line; 2] {
    [
        cells([row.id.clone(), mark(row.verified), row.when.chinese().to_owned(), row.chinese.clone()]),
        Line::Below(format!("{}: {} [{}]", row.when.english(), row.english, row.source)),
    ]
}

fn group(row: &groups::Group) -> [Line; 2] {
    let (from, least, most, agents) =
        (row.least_members, row.least_representatives, row.most_representatives, row.most_agents);
    let zh = format!("{from}人以上推选{least}至{most}人，每人至多{agents}名代理人");
    let en = format!("{from} or more elect {least} to {most}, each with {agents} agents at most");
    [
        cells([row.id.clone(), mark(row.verified), zh, row.chinese.clone()]),
        Line::Below(format!("{en}; {} [{}]", row.english, row.source)),
    ]
}

/// Everything, as one object.
fn whole() -> Value {
    let regimes = regimes::all().iter().map(|row| {
        json!({ "code": row.code, "valid_from": row.valid_from, "valid_to": row.valid_to(), "changes_zh": row.changes_zh,
                "changes_en": row.changes_en, "verified": row.verified, "source": row.source })
    });
    let clocks = clocks::all().iter().map(|row| {
        let stops: Vec<&str> = row.stops.iter().map(|reason| reason.code()).collect();
        json!({ "id": row.id, "regime": row.regime, "valid_from": row.valid_from, "valid_to": row.valid_to,
                "period": row.period().to_string(), "backward": row.way == Way::Backward,
                "start": row.start, "name_zh": row.name_zh, "name_en": row.name_en,
                "extension": row.extension.to_string(), "stops": stops, "expiry_zh": row.expiry_zh,
                "expiry_en": row.expiry_en, "fixed": row.fixed, "verified": row.verified, "source": row.source })
    });
    let unfixed = clocks::unfixed().iter().map(|row| {
        json!({ "id": row.id, "name_zh": row.name_zh, "name_en": row.name_en, "start": row.start, "source": row.source })
    });
    let grounds = grounds::all().iter().map(|row| {
        json!({ "code": row.code, "kind": if row.kind == GroundKind::Refuse { "refuse" } else { "fail" },
                "chinese": row.chinese, "english": row.english, "redirect_zh": row.redirect_zh,
                "redirect_en": row.redirect_en, "verified": row.verified, "source": row.source })
    });
    let matters = matters::all().iter().map(|row| {
        json!({ "id": row.id, "mediate": row.mediate, "confirm": row.confirm, "chinese": row.chinese,
                "english": row.english, "ground": row.ground, "verified": row.verified, "source": row.source })
    });
    let screen = screen::all().iter().map(|row| {
        let codes = |signs: &[screen::Sign]| signs.iter().map(|sign| sign.code()).collect::<Vec<_>>();
        json!({ "id": row.id, "signs": codes(&row.signs), "unless": codes(&row.unless),
                "consequence": row.consequence.code(), "about": row.about.map(screen::About::code),
                "ground": row.ground, "chinese": row.chinese, "english": row.english, "regime": row.regime,
                "valid_from": row.valid_from, "valid_to": row.valid_to, "verified": row.verified, "source": row.source })
    });
    let groups = groups::all().iter().map(|row| {
        json!({ "id": row.id, "least_members": row.least_members, "least_representatives": row.least_representatives,
                "most_representatives": row.most_representatives, "most_agents": row.most_agents,
                "chinese": row.chinese, "english": row.english, "regime": row.regime, "valid_from": row.valid_from,
                "valid_to": row.valid_to, "verified": row.verified, "source": row.source })
    });
    let channels = channels::all().iter().map(|row| {
        json!({ "id": row.id, "channel": row.channel, "field": row.field.code(), "to_court": row.to_court,
                "chinese": row.chinese, "english": row.english, "regime": row.regime, "valid_from": row.valid_from,
                "valid_to": row.valid_to, "verified": row.verified, "source": row.source })
    });
    let file = dossier::all().iter().map(|row| {
        json!({ "id": row.id, "document": row.document.code(), "when": row.when.code(), "chinese": row.chinese,
                "english": row.english, "regime": row.regime, "valid_from": row.valid_from, "valid_to": row.valid_to,
                "verified": row.verified, "source": row.source })
    });
    let sources = sources::all().iter().map(|row| json!({ "id": row.id, "title": row.title }));
    let revisions = causes::revisions().iter().map(|row| {
        json!({ "code": row.code, "valid_from": row.valid_from, "valid_to": row.valid_to, "table": row.has_table,
                "verified": row.verified, "source": row.source })
    });
    json!({
        "edition": edition::COMPILED_IN,
        "regimes": regimes.collect::<Vec<_>>(),
        "tracks": tracks::all().iter().map(of_track).collect::<Vec<_>>(),
        "clocks": clocks.collect::<Vec<_>>(),
        "unfixed_clocks": unfixed.collect::<Vec<_>>(),
        "grounds": grounds.collect::<Vec<_>>(),
        "matters": matters.collect::<Vec<_>>(),
        "screen": screen.collect::<Vec<_>>(),
        "groups": groups.collect::<Vec<_>>(),
        "channels": channels.collect::<Vec<_>>(),
        "file": file.collect::<Vec<_>>(),
        "cause_revisions": revisions.collect::<Vec<_>>(),
        "sources": sources.collect::<Vec<_>>(),
    })
}

fn of_track(track: &tracks::Track) -> Value {
    let profiles = profiles::of(&track.code).map(|row| {
        json!({ "regime": row.regime, "valid_from": row.valid_from, "valid_to": row.valid_to,
                "status": row.status.code(), "main": row.main, "summary": row.summary, "opinion": row.opinion, "second": row.second,
                "publicity": row.publicity.code(), "fee": row.fee.code(), "formality": row.formality.code(),
                "exit": row.exit.code(), "when_zh": row.when_zh, "when_en": row.when_en, "verified": row.verified,
                "source": row.source })
    });
    json!({ "code": track.code, "name_zh": track.name_zh, "name_en": track.name_en, "pin": track.pin,
            "entry": track.entry, "verified": track.verified, "source": track.source,
            "profiles": profiles.collect::<Vec<_>>() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_book_is_told_whole_in_both_forms() {
        let told = |machine| {
            let mut out = Vec::new();
            tell(machine, &mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        let people = told(false);
        for word in [
            "R-2025 ",
            "K05 ",
            "S11 ",
            "K26 ",
            "R14 ",
            "F99 ",
            "人民调解",
            "trial stream",
            "2016-07-01..2024-12-31",
        ] {
            assert!(people.contains(word), "{word}");
        }
        let machine: Value = serde_json::from_str(&told(true)).unwrap();
        let count = |part: &str| machine[part].as_array().unwrap().len();
        assert_eq!(
            (count("tracks"), count("regimes"), count("unfixed_clocks"), count("grounds")),
            (13, 11, 2, 27)
        );
        for part in ["regimes", "clocks", "grounds", "matters", "screen", "groups", "channels", "file"] {
            for row in machine[part].as_array().unwrap() {
                assert!(row["source"].as_str().is_some_and(|source| !source.is_empty()), "{row}");
                assert!(row["verified"].is_boolean(), "{row}");
            }
        }
    }
}
