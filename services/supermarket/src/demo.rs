//! `supermarket demo`: plays clerk, studio heads, mediators and courts over gRPC until every case has ended, then compares
//! what its clients were told with what the services hold.

pub mod books;
pub mod cast;
pub mod story;
pub mod table;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use courier::Clock;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::client::{Thread, channel, describe};
use crate::court::Court;
use crate::input::{self, Row};
use crate::invent::Dice;
use crate::progress;
use crate::server::Server;
use books::{Books, Figures};
use cast::Cast;
use story::Story;

/// The demo's own disputes, of our own making.
const OWN: &str = include_str!("../data/disputes.jsonl");
/// How many cases are played at the same time.
const AT_ONCE: usize = 64;
/// One filing in so many is refused by the demo's courts.
const REFUSE_ONE_IN: u64 = 9;
/// How often, and how long apart, the services are looked at again before what is open counts as open.
const LOOKS: u32 = 40;
const PAUSE: Duration = Duration::from_millis(250);

/// What to play.
#[derive(Debug, Clone)]
pub struct Options {
    /// A file of disputes; the demo's own 30 when absent.
    pub input: Option<PathBuf>,
    /// How many cases; the file is repeated. All rows once when absent.
    pub cases: Option<usize>,
    /// Cases begun a second; as fast as it goes when absent.
    pub pace: Option<f64>,
    /// Decides invented parties and the course of each case.
    pub seed: u64,
    /// Accounts of courts that somebody else plays.
    pub without_court: Vec<String>,
    /// Prints only the last line, as JSON.
    pub json: bool,
}

/// Plays, and says whether everything was borne out.
pub async fn run(server: &Server, options: Options) -> anyhow::Result<bool> {
    let rows = rows(&options)?;
    let clock = Clock::system();
    let run = format!("demo-{}-", &clock.id().simple().to_string()[..12]);
    let accounts = server.accounts()?;
    let cast = Arc::new(Cast::gather(channel(&server.address)?, accounts, clock.clone()).await?);
    let books = Arc::new(Books::default());
    let stop = CancellationToken::new();
    let courts = open_courts(&cast, &books, &clock, &stop, &options.without_court).await?;
    if !options.json {
        let invented = rows.iter().filter(|row| row.parties.is_empty()).count();
        println!("Playing {} disputes at {}.", rows.len(), server.address);
        println!(
            "{invented} name no parties: theirs are invented from seed {} and the id; nobody real is meant.\n",
            options.seed
        );
    }
    let begun = Instant::now();
    let failures = play(&cast, &books, rows, &run, &options).await;
    let figures = reckon(&cast, &books, &run).await?;
    stop.cancel();
    courts.await_all().await;
    let figures = Figures { seconds: (begun.elapsed().as_secs_f64() * 10.0).round() / 10.0, ..figures };
    report(&books, &figures, &failures, options.json)?;
    Ok(failures.is_empty() && figures.open == 0 && figures.lost == 0 && figures.duplicated == 0)
}

/// The reckoning. What the last cases' end set off is still on its way to the others: while something is open or not borne
/// out yet, it is reckoned again, for a while.
async fn reckon(cast: &Cast, books: &Books, run: &str) -> anyhow::Result<Figures> {
    let mut looks = 0;
    loop {
        let figures = books.reckon(&cast.supervisor, run).await.map_err(|s| crate::client::refused(&s))?;
        looks += 1;
        if (figures.open == 0 && figures.lost == 0) || looks > LOOKS {
            return Ok(figures);
        }
        tokio::time::sleep(PAUSE).await;
    }
}

fn rows(options: &Options) -> anyhow::Result<Vec<Row>> {
    let rows: Vec<Row> = match &options.input {
        Some(path) => {
            let mut rows = Vec::new();
            for line in input::read(path)? {
                let (number, line) = line?;
                match line {
                    Ok(row) => rows.push(row),
                    Err(told) => eprintln!("{}:{number}: {told}", path.display()),
                }
            }
            rows
        }
        None => OWN
            .lines()
            .filter(|line| !line.trim().is_empty())
            .map(serde_json::from_str)
            .collect::<Result<_, _>>()
            .context("the built-in disputes")?,
    };
    anyhow::ensure!(!rows.is_empty(), "there is no dispute to play");
    let cases = options.cases.unwrap_or(rows.len());
    Ok(rows.iter().cycle().take(cases).cloned().collect())
}

/// The courts' clients, each a task of its own.
struct Courts {
    tasks: JoinSet<()>,
}

impl Courts {
    async fn await_all(mut self) {
        while self.tasks.join_next().await.is_some() {}
    }
}

async fn open_courts(
    cast: &Cast,
    books: &Arc<Books>,
    clock: &Clock,
    stop: &CancellationToken,
    without: &[String],
) -> anyhow::Result<Courts> {
    let mut tasks = JoinSet::new();
    let (told, mut answers) = mpsc::channel(64);
    for person in cast.courts(without).await? {
        let court = Court::new(person, clock.clone(), REFUSE_ONE_IN)?;
        tasks.spawn(court.follow(told.clone(), stop.clone()));
    }
    let books = Arc::clone(books);
    tasks.spawn(async move {
        while let Some(answer) = answers.recv().await {
            books.court(answer);
        }
    });
    Ok(Courts { tasks })
}

/// Plays every row; answers with what went wrong, by the dispute's id.
async fn play(
    cast: &Arc<Cast>,
    books: &Arc<Books>,
    rows: Vec<Row>,
    run: &str,
    options: &Options,
) -> Vec<String> {
    let bar = progress::bar(rows.len() as u64, "cases ended", options.json);
    let (places, mut stories) = (Arc::new(Semaphore::new(AT_ONCE)), JoinSet::new());
    let mut metronome =
        options.pace.map(|pace| tokio::time::interval(Duration::from_secs_f64(1.0 / pace.max(0.01))));
    let mut failures = Vec::new();
    for (index, row) in rows.into_iter().enumerate() {
        if let Some(metronome) = &mut metronome {
            metronome.tick().await;
        }
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { break };
        let name = format!("{run}{index}");
        let dice = Dice::new(options.seed, &format!("{}/{index}", row.id));
        let (cast, own_books) = (Arc::clone(cast), Arc::clone(books));
        let story = Story { cast, books: own_books, row, name, dice, thread: Thread::default() };
        stories.spawn(async move {
            let id = story.row.id.clone();
            let ended = story.play().await;
            drop(place);
            ended.map_err(|status| format!("{id}: {}", describe(&status)))
        });
        while let Some(ended) = stories.try_join_next() {
            note(ended, &mut failures);
        }
        bar.set_position(books.ended());
    }
    while let Some(ended) = stories.join_next().await {
        note(ended, &mut failures);
        bar.set_position(books.ended());
    }
    bar.finish_and_clear();
    failures
}

fn note(ended: Result<Result<(), String>, tokio::task::JoinError>, failures: &mut Vec<String>) {
    match ended {
        Ok(Ok(())) => {}
        Ok(Err(told)) => failures.push(told),
        Err(panic) => failures.push(format!("a story broke: {panic}")),
    }
}

fn report(books: &Books, figures: &Figures, failures: &[String], json: bool) -> anyhow::Result<()> {
    if !json {
        println!("What the words decided (category, disposition, words):");
        for (id, words) in books.all_words() {
            println!("  {id:<24} {:<30} {:<18} {}", words.label, words.disposition, words.words.join(" "));
        }
        println!();
    }
    for failure in failures {
        eprintln!("{failure}");
    }
    println!("{}", serde_json::to_string(figures)?);
    Ok(())
}
