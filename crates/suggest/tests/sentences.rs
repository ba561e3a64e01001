//! Own sentences, and what the suggestion must make of them.

use suggest::{Destination, Disposition, Label, READ_LIMIT, Suggestion, suggest};

fn of(text: &str) -> Suggestion {
    suggest(text, None)
}

#[test]
fn disputes_for_a_mediator() {
    let sentences = [
        ("前同事借了我三万块写了借条，到期一直拖着不还，电话也不接", Label::LoanDebt, "108.3"),
        ("电子厂欠了我们十几个人两个月工资，老板说没钱发", Label::Labour, "205.5"),
        ("楼上邻居半夜拖桌子噪音很大，孩子睡不着，说了几次都没用", Label::PropertyNeighbour, "55.6"),
        ("我和丈夫商量好离婚，但房子和存款怎么分谈不拢", Label::MarriageFamily, "14"),
        ("骑电动车上班路上被小轿车撞伤，交警认定对方全责，保险公司只肯赔一半", Label::TrafficAccident, "411"),
        ("信用卡逾期半年，银行算的利息和违约金太高，想分期还本金", Label::BankingInsurance, "115.2"),
        ("租房到期搬走了，房东说墙面有划痕不退押金", Label::HousingTenancy, "116.2"),
        ("给孩子报的舞蹈培训班关门了，剩下四千多学费不退款", Label::Consumer, "142.15"),
        ("做完手术伤口一直感染，怀疑医院误诊，想要说法", Label::Medical, "413.1"),
        ("父亲去世没有留下遗嘱，兄弟几个为遗产吵翻了", Label::Inheritance, "29"),
        ("散步时被邻居家没拴绳的狗咬伤小腿，医药费对方不肯出", Label::PersonalInjuryPublicOrder, "419"),
        ("我给对方公司供货，货款十二万拖欠了一年，合同写明月结", Label::Contract, "88"),
        ("合作开公司，另一个股东不让我看账目也不分红", Label::IpCompany, "296"),
        ("村里征地，补偿款一直没有发到我家", Label::LandRequisition, ""),
    ];
    for (text, label, cause) in sentences {
        let answer = of(text);
        assert_eq!(answer.disposition, Disposition::Mediable, "{text}: {answer:?}");
        assert_eq!(answer.categories[0].label, label, "{text}: {answer:?}");
        assert!(answer.question.is_none() && answer.redirect.is_none(), "{text}");
        if !cause.is_empty() {
            assert!(answer.causes.iter().take(3).any(|c| c.code == cause), "{text}: {:?}", answer.causes);
        }
    }
}

#[test]
fn english_disputes() {
    let sentences = [
        ("The bank charged me an overdraft fee twice and will not return the money", Label::BankingInsurance),
        (
            "My insurance company denied the claim after I paid the premium for six years",
            Label::BankingInsurance,
        ),
        ("I bought a sofa online, it arrived defective and the seller refuses a refund", Label::Consumer),
        ("My employer owes me three months of unpaid wages", Label::Labour),
        ("The landlord keeps the security deposit although the lease has ended", Label::HousingTenancy),
        ("My neighbour makes noise every night", Label::PropertyNeighbour),
    ];
    for (text, label) in sentences {
        let answer = of(text);
        assert_eq!(
            (answer.disposition, answer.categories[0].label),
            (Disposition::Mediable, label),
            "{text}: {answer:?}"
        );
    }
}

#[test]
fn traditional_characters_read_the_same() {
    let traditional = of("房東不退押金，租約已經到期");
    let simplified = of("房东不退押金，租约已经到期");
    assert_eq!(traditional.categories[0].label, Label::HousingTenancy);
    assert!(
        (traditional.categories[0].confidence - simplified.categories[0].confidence).abs() < f64::EPSILON
    );
    assert!(traditional.categories[0].words.contains(&"房東".to_owned()), "the words are the person's own");
}

#[test]
fn a_petition_is_one_in_either_script() {
    let answer = of("我要舉報鎮政府幹部不作為");
    assert_eq!(answer.redirect.unwrap().to, Destination::PetitionOffice, "{answer:?}");
}

#[test]
fn matters_of_other_authorities() {
    use Destination::{Department, PetitionOffice, Police};
    let sentences = [
        ("在网上被人冒充客服诈骗了两万块，我已经转账了", Police, "R06"),
        ("家里昨晚进了小偷，现金和首饰被偷了", Police, "R06"),
        ("我弟弟因为盗窃被刑事拘留，想办取保候审", Police, "R06"),
        ("表哥贩毒被抓，会判几年", Police, "R06"),
        ("朋友拉我进群做刷单任务，被骗了八千元", Police, "R06"),
        ("I was scammed on the phone and the money was stolen, it is fraud", Police, "R06"),
        ("刚满十八岁要改名字，户口本和身份证要怎么办", Department, "R01"),
        ("因为违章停车收到交警的罚款，我觉得不应该处罚", Department, "R01"),
        ("护照过期了，可以在异地换吗", Department, "R01"),
        ("对市场监管局的行政处罚不服，想申请行政复议", Department, "R01"),
        ("退休金比同事少，社保局说工龄没算够", Department, "R01"),
        ("我要举报镇政府干部不作为", PetitionOffice, "R13"),
        ("信访局答复过了我还是不服，准备去上访", PetitionOffice, "R13"),
    ];
    for (text, to, ground) in sentences {
        let answer = of(text);
        assert_eq!(answer.disposition, Disposition::NotForAMediator, "{text}: {answer:?}");
        let redirect = answer.redirect.unwrap();
        assert_eq!((redirect.to, redirect.ground), (to, ground), "{text}: {answer:?}");
        assert!(answer.question.is_none(), "{text}");
    }
}

#[test]
fn too_little_to_tell() {
    let sentences = [
        "",
        " \n\t",
        "？？？",
        "你好",
        "请问在吗",
        "我想咨询一下",
        "怎么办啊",
        "他不讲道理，太过分了",
        "离婚",
        "帮帮我吧谢谢",
        "hello, I need help",
        "12345678",
        "这件事情我该怎么处理呢",
        "法院开庭需要多久才有判决书",
    ];
    for text in sentences {
        let answer = of(text);
        assert_eq!(answer.disposition, Disposition::AskBack, "{text:?}: {answer:?}");
        let question = answer.question.unwrap();
        assert!(!question.zh.is_empty() && !question.en.is_empty());
        assert!(answer.redirect.is_none());
        assert!(!answer.categories.is_empty());
    }
}

#[test]
fn a_matter_of_procedure_and_one_of_silence_get_different_questions() {
    assert_ne!(of("法院开庭需要多久才有判决书").question, of("帮帮我吧谢谢").question);
}

#[test]
fn crime_that_does_not_lead_clearly_is_asked_about_not_sent_away() {
    let answer = of("合伙人说我诈骗，其实是合伙的货款没结");
    assert_ne!(answer.disposition, Disposition::NotForAMediator, "{answer:?}");
}

#[test]
fn the_subject_counts() {
    let bare = suggest("他一直拖着不处理，打电话也不接", None);
    let with = suggest("他一直拖着不处理，打电话也不接", Some("房东不退押金"));
    assert_eq!(bare.disposition, Disposition::AskBack);
    assert_eq!((with.disposition, with.categories[0].label), (Disposition::Mediable, Label::HousingTenancy));
}

#[test]
fn the_same_text_gets_the_same_answer() {
    let text = "老板拖欠工资，还骂人打人，我报警了，警察叫我去调解";
    let first = of(text);
    for _ in 0..50 {
        assert_eq!(of(text), first);
    }
}

#[test]
fn the_words_returned_stand_in_the_text() {
    let text = "在ＰＯＳ机刷卡后Bank扣了兩次手續費，客服不退款，被狗咬伤的医药费保险也拒赔，工资没发";
    let answer = of(text);
    let words =
        answer.categories.iter().flat_map(|c| &c.words).chain(answer.causes.iter().flat_map(|c| &c.words));
    let mut count = 0;
    for word in words {
        assert!(text.contains(word.as_str()), "{word}");
        count += 1;
    }
    assert!(count > 5);
}

#[test]
fn shares_are_ordered_and_at_most_five() {
    let answer = of("交通事故受伤，保险公司拒赔，医院治疗，公司扣工资，房东涨租金，合同违约，邻居噪音");
    assert!(answer.categories.len() <= 5 && answer.causes.len() <= 5);
    assert!(answer.categories.windows(2).all(|w| w[0].confidence >= w[1].confidence));
    assert!(answer.causes.windows(2).all(|w| w[0].confidence >= w[1].confidence));
    assert!(answer.categories.iter().all(|c| (0.0..=1.0).contains(&c.confidence)));
    assert!(answer.categories.iter().map(|c| c.confidence).sum::<f64>() <= 1.0 + 1e-9);
}

#[test]
fn a_very_long_text_is_read_to_the_limit_only() {
    let filler = "风".repeat(READ_LIMIT);
    let late = format!("{filler}房东不退押金");
    assert_eq!(of(&late).disposition, Disposition::AskBack);
    let huge = "老板拖欠工资。".repeat(5_000); // 105 kB
    assert!(huge.len() > 100_000);
    let start: String = huge.chars().take(READ_LIMIT).collect();
    assert_eq!(of(&huge), of(&start));
    assert_eq!(of(&huge).categories[0].label, Label::Labour);
}

#[test]
fn labels_have_codes_and_names() {
    assert_eq!(Label::ALL.len(), 17);
    for label in Label::ALL {
        assert_eq!(label.code().parse::<Label>(), Ok(*label));
        let category = rulebook::causes::category(label.code()).unwrap();
        assert_eq!(label.chinese(), category.chinese);
        assert_eq!(label.mediable(), category.mediable, "{label}");
        assert!(!label.english().is_empty());
    }
    assert!("loan".parse::<Label>().is_err());
}
