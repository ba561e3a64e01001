//! The directory as files: out, in again, and every fault of a bad one told at once, with nothing written.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod town;

use std::fmt::Write as _;

use access::{Caller, Role};
use contracts::routing::v1 as proto;
use proto::{DirectoryFile, ImportDirectoryResponse, StationKind};
use tonic::{Code, Status};
use town::{FAMILY, HALL, Town, as_caller, caller, clerk, head, mediator, reason};

fn supervisor() -> Caller {
    caller("supervisor-1", HALL, Role::Supervisor)
}

fn file(name: &str, text: &str) -> DirectoryFile {
    DirectoryFile { name: name.to_owned(), text: text.to_owned(), row_count: 0 }
}

async fn export(town: &Town) -> Vec<DirectoryFile> {
    let asked = as_caller(&supervisor(), "ExportDirectory", proto::ExportDirectoryRequest {});
    town.directory().export_directory(asked).await.unwrap().into_inner().files
}

async fn import(
    town: &Town,
    by: &Caller,
    files: &[DirectoryFile],
) -> Result<ImportDirectoryResponse, Status> {
    let ask = proto::ImportDirectoryRequest { files: files.to_vec(), validate_only: false };
    Ok(town.directory().import_directory(as_caller(by, "ImportDirectory", ask)).await?.into_inner())
}

/// Added, changed, removed.
fn counts(answer: &ImportDirectoryResponse) -> Vec<(&str, u32, u32, u32)> {
    assert!(answer.valid, "{:?}", answer.faults);
    answer
        .changes
        .iter()
        .map(|one| (one.name.as_str(), one.added_count, one.changed_count, one.removed_count))
        .collect()
}

const LIAISON: &str = "org_id,number,name,phone,duty\npartner-union,1,联络员甲,0760-88881234,工资争议\n\
                       partner-union,2,联络员乙,13800138000,\npartner-finance,1,联络员丙,95588,\n";
const LAWYERS: &str = "day,account_id,org_id\n2026-03-02,lawyer-1,partner-lawyers\n2026-03-02,lawyer-2,partner-lawyers\n\
                       2026-03-03,lawyer-3,partner-lawyers\n";

#[tokio::test]
async fn an_export_read_again_changes_nothing() {
    let town = Town::open().await;
    let stations = "org_id,name,kind,parent_org,town_code,station_kind,station_number,hours\n\
        station-m1,流动工作站一,WORKSTATION,hall-442000,442000118,MOBILE,M-1,\"MON 09:00-12:00 442000118 文化广场; 2026-03-05 14:00-17:00 442000101\"\n";
    // A head in another order, a mark of UTF-8, a remark, Windows' line ends, names of causes and Chinese separators.
    let mediators = "\u{feff}# remark\r\nname,account_id,capacity,studio_org,strengths,languages,roster,inviting_court,valid_to,kind,on_duty\r\n\
        \"陈,小明\",mediator-90,5,studio-family,\"离婚纠纷、P2\",CANTONESE;HAKKA,COURT_INVITED,court-2071,2026-12-31,LAWYER,否\r\n";
    let files = [
        file("mediators.csv", mediators),
        file("organizations.csv", stations),
        file("liaison.csv", LIAISON),
        file("lawyers.csv", LAWYERS),
    ];
    let first = import(&town, &supervisor(), &files).await.unwrap();
    assert_eq!(
        counts(&first),
        [
            ("organizations.csv", 1, 0, 0),
            ("mediators.csv", 1, 0, 0),
            ("liaison.csv", 3, 0, 0),
            ("lawyers.csv", 3, 0, 0)
        ]
    );
    let out = export(&town).await;
    let rows: Vec<(&str, u32)> = out.iter().map(|file| (file.name.as_str(), file.row_count)).collect();
    assert_eq!(
        rows,
        [("organizations.csv", 33), ("mediators.csv", 32), ("liaison.csv", 3), ("lawyers.csv", 3)]
    );
    let line = out[1].text.lines().find(|line| line.starts_with("mediator-90")).unwrap();
    assert_eq!(
        line,
        "mediator-90,\"陈,小明\",studio-family,5,LAWYER,COURT_INVITED,court-2071,,2026-12-31,14 P2,CANTONESE HAKKA,,no,no"
    );
    let again = import(&town, &supervisor(), &out).await.unwrap();
    assert!(counts(&again).iter().all(|(_, added, changed, removed)| added + changed + removed == 0));
    assert_eq!(export(&town).await, out, "to the letter");

    // What the door tells is what the file said.
    let ask = proto::ListWorkstationsRequest { open_date: "2026-03-05".to_owned() };
    let asked = as_caller(&clerk(), "ListWorkstations", ask);
    let open = town.directory().list_workstations(asked).await.unwrap().into_inner().workstations;
    assert_eq!(open.len(), 1);
    assert_eq!((open[0].station_kind(), open[0].station_number.as_str()), (StationKind::Mobile, "M-1"));
    assert_eq!((open[0].hours.len(), open[0].hours[0].place.as_str()), (2, "文化广场"));
    let ask = proto::ListLiaisonOfficersRequest { org_id: "partner-union".to_owned() };
    let asked = as_caller(&head(FAMILY), "ListLiaisonOfficers", ask);
    let officers = town.directory().list_liaison_officers(asked).await.unwrap().into_inner().officers;
    assert_eq!((officers.len(), officers[0].phone.as_str()), (2, "0760-88881234"));
    let lawyers = async |from: &str, to: &str| {
        let ask = proto::ListDutyLawyersRequest { from_date: from.to_owned(), to_date: to.to_owned() };
        let asked = as_caller(&clerk(), "ListDutyLawyers", ask);
        town.directory().list_duty_lawyers(asked).await.map(|answer| answer.into_inner().lawyers.len())
    };
    assert_eq!(lawyers("", "").await.unwrap(), 2, "today");
    assert_eq!(lawyers("2026-03-02", "2026-03-31").await.unwrap(), 3);
    assert_eq!(lawyers("2026-03-02", "2026-03-01").await.unwrap_err().code(), Code::InvalidArgument);
    assert_eq!(lawyers("2026-03-02", "2028-03-01").await.unwrap_err().code(), Code::InvalidArgument);
}

#[tokio::test]
async fn a_unit_s_officers_and_a_day_s_lawyers_are_those_of_the_file() {
    let town = Town::open().await;
    import(&town, &supervisor(), &[file("liaison.csv", LIAISON), file("lawyers.csv", LAWYERS)])
        .await
        .unwrap();
    let liaison = "org_id,number,name,phone\npartner-union,2,联络员丁,13800138000\n";
    let lawyers =
        "day,account_id,org_id\n2026-03-02,lawyer-2,partner-lawyers\n2026-03-02,lawyer-9,partner-lawyers\n";
    let files = [file("liaison.csv", liaison), file("lawyers.csv", lawyers)];
    let answer = import(&town, &supervisor(), &files).await.unwrap();
    assert_eq!(counts(&answer), [("liaison.csv", 0, 1, 1), ("lawyers.csv", 1, 0, 1)]);
    let out = export(&town).await;
    assert_eq!(
        out[2].text.lines().skip(1).collect::<Vec<_>>(),
        ["partner-finance,1,联络员丙,95588,", "partner-union,2,联络员丁,13800138000,"]
    );
    assert_eq!(
        out[3].text.lines().skip(1).map(|line| &line[..19]).collect::<Vec<_>>(),
        ["2026-03-02,lawyer-2", "2026-03-02,lawyer-9", "2026-03-03,lawyer-3"]
    );
}

#[tokio::test]
async fn every_fault_is_told_at_once_and_nothing_is_written() {
    let town = Town::open().await;
    let before = export(&town).await;
    let organizations = "org_id,name,kind,parent_org,studio_kind,station_number,hours\n\
        station-new,新工作站,WORKSTATION,hall-442000,,N1,\n\
        station-two,第二,WORKSTATION,nowhere,FAMILY,N1,MON 12:00-09:00\n\
        ,无名,CASTLE,,,,\n\
        one cell too few\n";
    let mediators = "account_id,name,studio_org,capacity,strengths,languages,valid_from,valid_to,suspended\n\
        mediator-91,调解员,studio-family,5,,,,,\n\
        mediator-91,调解员,studio-nowhere,x,999,KLINGON,2026-02-30,,perhaps\n";
    let files = [
        file("mediators.csv", mediators),
        file("organizations.csv", organizations),
        file("liaison.csv", "org_id,number,telephone\n"),
        file(
            "lawyers.csv",
            "day,account_id,org_id\n2026-03-02,lawyer-1,station-two\n,lawyer-1,station-new\n",
        ),
        file("people.csv", ""),
    ];
    let answer = import(&town, &supervisor(), &files).await.unwrap();
    assert!(!answer.valid && answer.changes.is_empty());
    let mut told = String::new();
    for one in &answer.faults {
        assert!(!one.message.is_empty() && one.message_en.is_ascii());
        writeln!(told, "{}:{} {} {}", one.file, one.line, one.column, one.reason).unwrap();
    }
    insta::assert_snapshot!(told);
    assert_eq!(answer.fault_count as usize, answer.faults.len());
    assert_eq!(export(&town).await, before, "nothing was written");

    let stations = [file("organizations.csv", &before[0].text.replace("TOWN", "VILLAGE"))];
    let ask = proto::ImportDirectoryRequest { files: stations.to_vec(), validate_only: true };
    let asked = as_caller(&supervisor(), "ImportDirectory", ask);
    let only = town.directory().import_directory(asked).await.unwrap().into_inner();
    assert!(counts(&only)[0].2 > 0);
    assert_eq!(export(&town).await, before, "checked, not written");
}

#[tokio::test]
async fn only_the_centre_takes_the_directory_out_or_in() {
    let town = Town::open().await;
    let files = [file("lawyers.csv", LAWYERS)];
    for by in
        [clerk(), head(FAMILY), mediator("mediator-13", FAMILY), caller("operator-1", HALL, Role::Operator)]
    {
        assert_eq!(import(&town, &by, &files).await.unwrap_err().code(), Code::PermissionDenied);
        let asked = as_caller(&by, "ExportDirectory", proto::ExportDirectoryRequest {});
        assert_eq!(
            town.directory().export_directory(asked).await.unwrap_err().code(),
            Code::PermissionDenied
        );
    }
    assert_eq!(import(&town, &supervisor(), &[]).await.unwrap_err().code(), Code::InvalidArgument);
    let many = (0..3001).fold("day,account_id,org_id\n".to_owned(), |text, n| {
        text + &format!("2026-03-02,lawyer-{n},partner-lawyers\n")
    });
    let answer = import(&town, &supervisor(), &[file("lawyers.csv", &many)]).await.unwrap();
    assert_eq!((answer.valid, answer.faults[0].reason.as_str()), (false, "TOO_MANY"));
}

#[tokio::test]
async fn ninety_eight_workstations_and_five_hundred_lines_are_one_write() {
    let town = Town::open().await;
    let mut stations = "org_id,name,kind,parent_org,station_kind,station_number\n".to_owned();
    for n in 1..=98 {
        let kind = if n > 88 { "MOBILE" } else { "FIXED" };
        writeln!(stations, "joint-{n:02},诉前联调工作站{n},WORKSTATION,hall-442000,{kind},{n}").unwrap();
    }
    let lines = |capacity: u32| {
        (0..500).fold("account_id,name,studio_org,capacity\n".to_owned(), |text, n| {
            text + &format!("m-{n},调解员{n},joint-{:02},{capacity}\n", n % 98 + 1)
        })
    };
    let files = [file("organizations.csv", &stations), file("mediators.csv", &lines(5))];
    let answer = import(&town, &supervisor(), &files).await.unwrap();
    assert_eq!(counts(&answer), [("organizations.csv", 98, 0, 0), ("mediators.csv", 500, 0, 0)]);
    let answer = import(&town, &supervisor(), &[file("mediators.csv", &lines(6))]).await.unwrap();
    assert_eq!(counts(&answer), [("mediators.csv", 0, 500, 0)]);
    // A line's mediator works by it at once.
    let case = town.pooled(FAMILY).await;
    assert_eq!(reason(town.claim(case, &mediator("m-0", FAMILY)).await), "NOT_OF_THIS_STUDIO");
}

/// What a file does not speak of stays: a name is corrected, and nobody comes back onto the roster by it.
#[tokio::test]
async fn a_column_that_a_file_does_not_have_says_nothing() {
    let town = Town::open().await;
    let whole = "account_id,name,studio_org,capacity,strengths,valid_to,on_duty,suspended\n\
                 m-90,调解员,studio-family,5,修理、重作、更换纠纷；离婚纠纷、P2,2026-12-31,no,yes\n";
    let answer = import(&town, &supervisor(), &[file("mediators.csv", whole)]).await.unwrap();
    assert_eq!(counts(&answer), [("mediators.csv", 1, 0, 0)]);
    let line = async || {
        let out = export(&town).await;
        let text = out.iter().find(|file| file.name == "mediators.csv").unwrap().text.clone();
        text.lines().find(|line| line.starts_with("m-90,")).unwrap().to_owned()
    };
    let kept = ",studio-family,5,,,,,2026-12-31,42 14 P2,,,no,yes";
    assert_eq!(line().await, format!("m-90,调解员{kept}"));
    let name = "account_id,name,studio_org,capacity\nm-90,调解员甲,studio-family,5\n";
    let answer = import(&town, &supervisor(), &[file("mediators.csv", name)]).await.unwrap();
    assert_eq!(counts(&answer), [("mediators.csv", 0, 1, 0)]);
    assert_eq!(line().await, format!("m-90,调解员甲{kept}"));
    // An empty cell of a column that is there says that there is nothing.
    let ends = "account_id,name,studio_org,capacity,valid_to\nm-90,调解员甲,studio-family,5,\n";
    import(&town, &supervisor(), &[file("mediators.csv", ends)]).await.unwrap();
    assert_eq!(line().await, format!("m-90,调解员甲{}", kept.replace("2026-12-31", "")));
    // What is kept and what is said must fit each other.
    let until = "account_id,name,studio_org,capacity,valid_to\nm-90,调解员甲,studio-family,5,2026-06-30\n";
    import(&town, &supervisor(), &[file("mediators.csv", until)]).await.unwrap();
    let from = "account_id,name,studio_org,capacity,valid_from\nm-90,调解员甲,studio-family,5,2026-07-01\n";
    let answer = import(&town, &supervisor(), &[file("mediators.csv", from)]).await.unwrap();
    assert_eq!((answer.valid, answer.faults[0].reason.as_str()), (false, "KEPT_MISFITS"));
}

#[tokio::test]
async fn no_case_goes_to_a_studio_whose_last_day_has_passed() {
    let town = Town::open().await;
    let held = town.accepted("P2").await;
    town.refer(held, FAMILY).await.unwrap();
    let ended =
        "org_id,name,kind,studio_kind,valid_to\nstudio-family,婚姻家庭调解室,STUDIO,FAMILY,2026-02-27\n";
    import(&town, &supervisor(), &[file("organizations.csv", ended)]).await.unwrap();
    let case = town.accepted("P2").await;
    assert_eq!(reason(town.refer(case, FAMILY).await), "UNKNOWN_STUDIO");
    let ask = proto::ProposeRoutesRequest { case_id: case.to_string(), ..Default::default() };
    let asked = as_caller(&clerk(), "ProposeRoutes", ask);
    let routes = town.client().propose_routes(asked).await.unwrap().into_inner().proposals;
    assert!(!routes.is_empty() && routes.iter().all(|route| route.studio_org != FAMILY));
    // What it has it still takes on.
    town.accept(held, FAMILY).await.unwrap();
}
