//! Counting what was right.

use std::collections::BTreeMap;

use suggest::{Disposition, Label};

/// Right and wrong over rows, each possibly answered several times.
#[derive(Default)]
pub struct Tally {
    rows: f64,
    strict: f64,
    lenient: f64,
    top3: f64,
    /// Per label: rightly given, given, wanted.
    by_label: BTreeMap<Label, [f64; 3]>,
}

impl Tally {
    /// Counts one answer; returns whether it was right in the lenient sense.
    pub fn count(&mut self, ranked: &[Label], wanted: &[Label]) -> bool {
        let right = wanted.contains(&ranked[0]);
        self.rows += 1.0;
        self.strict += f64::from(u8::from(ranked[0] == wanted[0]));
        self.lenient += f64::from(u8::from(right));
        self.top3 += f64::from(u8::from(ranked.iter().take(3).any(|label| wanted.contains(label))));
        self.by_label.entry(ranked[0]).or_default()[1] += 1.0;
        self.by_label.entry(wanted[0]).or_default()[2] += 1.0;
        if ranked[0] == wanted[0] {
            self.by_label.entry(ranked[0]).or_default()[0] += 1.0;
        }
        right
    }

    /// One line.
    pub fn print(&self, name: &str) {
        let f1 = |[right, given, wanted]: &[f64; 3]| 2.0 * right / (given + wanted);
        #[expect(clippy::cast_precision_loss, reason = "at most 17 labels")]
        let macro_f1 = self.by_label.values().map(f1).sum::<f64>() / self.by_label.len() as f64;
        println!(
            "  {name:<44} lenient {:.3}  lenient top-3 {:.3}  strict {:.3}  macro-F1 {macro_f1:.3}",
            self.lenient / self.rows,
            self.top3 / self.rows,
            self.strict / self.rows
        );
    }
}

/// What was done with people: sent away, asked, taken.
#[derive(Default)]
pub struct Doors {
    /// (expected by the first label, given) and how often.
    table: BTreeMap<(&'static str, &'static str), f64>,
    mediable: f64,
    turned_away: f64,
    turned_away_lenient: f64,
}

impl Doors {
    /// Counts one answer.
    pub fn count(&mut self, answer: Disposition, wanted: &[Label]) {
        *self.table.entry((expected(wanted[0]), name(answer))).or_default() += 1.0;
        if wanted[0].mediable() {
            let away = f64::from(u8::from(answer == Disposition::NotForAMediator));
            self.mediable += 1.0;
            self.turned_away += away;
            let fair = wanted.iter().any(|label| expected(*label) == "not for a mediator");
            self.turned_away_lenient += if fair { 0.0 } else { away };
        }
    }

    /// The table and the two shares.
    pub fn print(&self, about: &str) {
        println!("  {about}: of the posts whose first label is … these shares were …");
        for kind in ["mediable", "not for a mediator", "ask back"] {
            let of = |given| self.table.get(&(kind, given)).copied().unwrap_or_default();
            let (sent, asked, taken) = (of("not for a mediator"), of("ask back"), of("mediable"));
            let all = (sent + asked + taken).max(1.0);
            println!(
                "    {kind:<20} sent on {:.3}  asked {:.3}  taken {:.3}",
                sent / all,
                asked / all,
                taken / all
            );
        }
        println!(
            "    mediable posts wrongly turned away: {:.3} by the first label, {:.3} where no accepted label allows it",
            self.turned_away / self.mediable,
            self.turned_away_lenient / self.mediable
        );
    }
}

fn expected(label: Label) -> &'static str {
    match label {
        Label::OtherUnclear => "ask back",
        label if label.mediable() => "mediable",
        _ => "not for a mediator",
    }
}

fn name(disposition: Disposition) -> &'static str {
    match disposition {
        Disposition::Mediable => "mediable",
        Disposition::NotForAMediator => "not for a mediator",
        Disposition::AskBack => "ask back",
    }
}

/// Ten steps of confidence with how often the first was right.
#[derive(Default)]
pub struct Reliability {
    steps: [[f64; 3]; 10],
}

impl Reliability {
    /// Counts the first guess of an answer, told with `confidence`.
    pub fn count(&mut self, confidence: f64, right: bool) {
        let step = &mut self.steps[((confidence * 10.0) as usize).min(9)];
        step[0] += 1.0;
        step[1] += confidence;
        step[2] += f64::from(u8::from(right));
    }

    /// The table, and the mean distance of told from true.
    pub fn print(&self, about: &str) {
        println!("  reliability, {about}: confidence of the first / share accepted (answers)");
        let all: f64 = self.steps.iter().map(|step| step[0]).sum();
        let mut distance = 0.0;
        for [answers, told, right] in self.steps.iter().filter(|step| step[0] > 0.0) {
            println!("    {:.2} / {:.2} ({answers})", told / answers, right / answers);
            distance += (told - right).abs() / all;
        }
        println!("    mean distance {distance:.3}");
    }
}
