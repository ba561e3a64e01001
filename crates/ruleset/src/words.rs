//! A change and what follows from it, in Chinese and in English.

use rulebook::studio::StudioKind;
use rulebook::{causes, towns};

use crate::change::{Change, Input};
use crate::decide::First;
use crate::inputs::{Institution, Language, PriorBody};
use crate::otherwise::Otherwise;

impl Otherwise {
    /// In Chinese and in English; `name` knows the studios' names.
    pub fn words(&self, name: impl Fn(&str) -> String) -> (String, String) {
        let told = self.changes.iter().map(|change| change.words(&name));
        let (zh, en): (Vec<String>, Vec<String>) = told.unzip();
        let (to_zh, to_en) = match &self.first {
            First::Studio(id) => {
                (format!("首选“{}”", name(id)), format!("it would go first to {}", name(id)))
            }
            First::Ground(code) => {
                let ground = rulebook::grounds::refuse(code);
                let (zh, en) = ground.map_or(("", ""), |one| (one.chinese.as_str(), one.english.as_str()));
                (
                    format!("不适用调解（{code} {zh}）"),
                    format!("it would be none for a mediator ({code}: {en})"),
                )
            }
            First::Nowhere => ("没有可去的工作室".to_owned(), "it would have nowhere to go".to_owned()),
        };
        (format!("若{}，则{to_zh}。", zh.join("且")), format!("If {}, {to_en}.", en.join(" and ")))
    }
}

impl Change {
    fn words(&self, name: &impl Fn(&str) -> String) -> (String, String) {
        let input = self.input.chinese();
        let ((from_zh, from_en), (to_zh, to_en)) = (self.value(&self.from), self.value(&self.to));
        let studio = name(&self.studio);
        let zh = match self.input {
            Input::Load | Input::Duty => format!("“{studio}”{input}为{to_zh}（现为{from_zh}）"),
            _ => format!("{input}为{to_zh}（现为{from_zh}）"),
        };
        let en = match (self.input, self.to == "true") {
            (Input::Load, _) => format!("{studio} had {to_en} open cases (now {from_en})"),
            (Input::Duty, true) => format!("{studio} had somebody on duty"),
            (Input::Duty, false) => format!("{studio} had nobody on duty"),
            (Input::Injury, true) => "somebody were hurt".to_owned(),
            (Input::Injury, false) => "nobody were hurt".to_owned(),
            (Input::Police, true) => "the police had been called".to_owned(),
            (Input::Police, false) => "the police had not been called".to_owned(),
            (Input::Minors, true) => "a minor were concerned".to_owned(),
            (Input::Minors, false) => "no minor were concerned".to_owned(),
            (Input::Violence, true) => "there had been violence".to_owned(),
            (Input::Violence, false) => "there had been no violence".to_owned(),
            _ => {
                let what = self.input.code().to_lowercase().replace('_', " ");
                format!("the {what} were {to_en} (now {from_en})")
            }
        };
        (zh, en)
    }

    /// A value in both languages. Causes and towns have only Chinese names: their codes stand beside.
    fn value(&self, code: &str) -> (String, String) {
        let both = |zh: &str, en: &str| (zh.to_owned(), en.to_owned());
        if code.is_empty() {
            return match self.input {
                Input::Wish => both("无", "none"),
                _ => both("未知", "unknown"),
            };
        }
        let coded = |zh: Option<&str>| (zh.unwrap_or(code).to_owned(), code.to_owned());
        match self.input {
            Input::Cause => {
                let name = causes::by_code(code).map_or("", |cause| cause.name.as_str());
                (format!("“{code} {name}”"), format!("{code} {name}"))
            }
            Input::Category => coded(causes::category(code).map(|one| one.chinese.as_str())),
            Input::Town => coded(towns::by_code(code).map(|one| one.name.as_str())),
            Input::Amount => match code.parse::<i64>() {
                Ok(fen) => {
                    let yuan = format!("{}.{:02}", fen / 100, (fen % 100).abs());
                    (format!("{yuan}元"), format!("{yuan} yuan"))
                }
                Err(_) => coded(None),
            },
            Input::Claimants | Input::Respondents => {
                let names = code.split(',').filter_map(|one| one.parse::<lexicon::PartyKind>().ok());
                (names.map(lexicon::PartyKind::chinese).collect::<Vec<_>>().join("、"), code.to_owned())
            }
            Input::Injury | Input::Police | Input::Minors | Input::Violence | Input::Duty => match code {
                "true" => both("有", "yes"),
                _ => both("无", "no"),
            },
            Input::Institution => coded(code.parse().ok().map(Institution::chinese)),
            Input::Language => coded(code.parse().ok().map(Language::chinese)),
            Input::PriorBody => coded(code.parse().ok().map(PriorBody::chinese)),
            Input::Wish => coded(code.parse().ok().map(StudioKind::chinese)),
            Input::Date | Input::Load => coded(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_reads_well() {
        let change = |input, from: &str, to: &str| Change {
            input,
            studio: String::new(),
            from: from.to_owned(),
            to: to.to_owned(),
        };
        let told = |changes, first| Otherwise { changes, first }.words(|id| format!("<{id}>"));
        let studio = || First::Studio("studio-court".to_owned());
        let (zh, en) = told(vec![change(Input::Cause, "108.1", "108.3")], studio());
        assert_eq!(
            zh,
            "若案由为“108.3 民间借贷纠纷”（现为“108.1 金融借款合同纠纷”），则首选“<studio-court>”。"
        );
        assert!(en.contains("108.3"), "{en}");
        let two = vec![change(Input::Amount, "0", "50000000000"), change(Input::Police, "false", "true")];
        let (zh, en) = told(two, First::Ground("R04".to_owned()));
        assert!(
            zh.starts_with(
                "若标的额为500000000.00元（现为0.00元）且报警情况为有（现为无），则不适用调解（R04"
            ),
            "{zh}"
        );
        assert!(
            en.starts_with(
                "If the amount were 500000000.00 yuan (now 0.00 yuan) and the police had been called"
            ),
            "{en}"
        );
        let load = Change { studio: "studio-a".to_owned(), ..change(Input::Load, "5", "30") };
        let (zh, en) = told(vec![load], studio());
        assert_eq!(zh, "若“<studio-a>”工作室在办案件数为30（现为5），则首选“<studio-court>”。");
        assert_eq!(en, "If <studio-a> had 30 open cases (now 5), it would go first to <studio-court>.");
        let wish = told(vec![change(Input::Wish, "", "COURT")], studio());
        assert!(wish.0.contains("当事人意愿为法院调解（现为无）"), "{}", wish.0);
    }
}
