//! A party in the words of a court's papers.

use contracts::lexicon::v1::{PaperKind, Party, PartyKind, RepresentationScope, Representative};

/// One line: who it is, and where it is found.
pub(super) fn particulars(party: &Party) -> String {
    let place = if party.kind() == PartyKind::Organization { "住所地" } else { "住址" };
    let mut told = vec![party.name.clone()];
    told.extend(paper(party).map(|(kind, number)| format!("{kind}{number}")));
    told.extend(filled(place, &party.address));
    told.extend(filled("联系电话", &party.phone));
    told.extend(party.guardian.as_ref().map(|guardian| format!("法定代理人或监护人{}", guardian.name)));
    told.join("，")
}

/// The same, one line a fact, with those who act for the party.
pub(super) fn identity(party: &Party) -> Vec<(&'static str, String)> {
    let mut lines = vec![("类型", kind(party.kind()).to_owned())];
    if let Some((kind, number)) = paper(party) {
        lines.push(("证件", format!("{kind} {number}")));
    }
    lines.push(("住址", party.address.clone()));
    lines.push(("联系电话", party.phone.clone()));
    lines.extend(party.representatives.iter().map(|one| ("委托诉讼代理人", representative(one))));
    if let Some(guardian) = &party.guardian {
        let told = [guardian.name.as_str(), &guardian.relation, &guardian.phone];
        lines.push((
            "法定代理人或监护人",
            told.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("，"),
        ));
    }
    lines.push(("代表的当事人群体", party.elected_for.clone()));
    lines.push(("所属当事人群体", party.member_of.clone()));
    lines
}

/// Who acts for a party, and how far.
pub(super) fn representative(one: &Representative) -> String {
    let mut told = vec![one.name.clone()];
    match one.scope() {
        RepresentationScope::Special => told.push("特别授权".to_owned()),
        RepresentationScope::General => told.push("一般授权".to_owned()),
        RepresentationScope::Unspecified => {}
    }
    told.push(if one.proxy_given { "已提交授权委托书" } else { "未提交授权委托书" }.to_owned());
    told.extend(filled("联系电话", &one.phone));
    told.join("，")
}

fn filled(label: &str, value: &str) -> Option<String> {
    (!value.is_empty()).then(|| format!("{label}{value}"))
}

fn kind(kind: PartyKind) -> &'static str {
    match kind {
        PartyKind::Person => "自然人",
        PartyKind::Organization => "法人或非法人组织",
        PartyKind::SoleTrader => "个体工商户",
        PartyKind::Unspecified => "",
    }
}

/// The paper's name and number, if one was shown.
fn paper(party: &Party) -> Option<(&'static str, &str)> {
    let paper = party.paper.as_ref().filter(|paper| !paper.number.is_empty())?;
    let name = match paper.kind() {
        PaperKind::ResidentId => "居民身份证",
        PaperKind::Passport => "护照",
        PaperKind::HkMacaoPermit => "港澳居民来往内地通行证",
        PaperKind::TaiwanPermit => "台湾居民来往大陆通行证",
        PaperKind::ForeignResident => "外国人永久居留身份证",
        PaperKind::MilitaryId => "军人身份证件",
        PaperKind::Uscc => "统一社会信用代码",
        PaperKind::Other | PaperKind::Unspecified => "证件",
    };
    Some((name, &paper.number))
}
