//! The start page: what runs here, and what to try. It asks nothing of any service and shows no case.

use askama::Template;
use axum::Router;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use chassis::Settings;
use http::{StatusCode, header};

/// What the start page tells.
#[derive(Template, Clone)]
#[template(path = "start.html")]
pub struct Start {
    /// Where the door is, as host:port.
    pub address: String,
    /// The program's version.
    pub version: &'static str,
    /// The centre.
    pub centre: String,
    /// What runs here.
    pub services: Vec<Line>,
    /// Commands to try, in order.
    pub commands: Vec<Line>,
}

/// A name and what it is for.
#[derive(Clone)]
pub struct Line {
    /// The name, or the command.
    pub name: String,
    /// What it is for.
    pub purpose: String,
}

/// The parts of the town, for the start page and the banner.
pub const PURPOSES: [(&str, &str); 6] = [
    ("intake", "收件、补正、受理 · takes disputes in, corrects, accepts or refuses them"),
    ("routing", "分流、待认领池、认领 · studios, the pool, the claim"),
    ("mediation", "征询、调解、协议 · consent, sessions, agreements"),
    ("transfer", "移送立案、法院接口 · filings, and the courts' door"),
    ("oversight", "案件日志与期限 · the docket of every case, deadlines"),
    ("reception", "统一入口 · this door"),
];

/// The commands to try next, with what they show.
pub const COMMANDS: [(&str, &str); 3] = [
    ("supermarket demo", "plays 30 invented disputes from the window to an agreement or to the court"),
    ("supermarket status", "what is open, where, and what is overdue"),
    ("supermarket verify", "proves that everything said was delivered and took effect"),
];

/// The start page of an installation.
pub fn start(settings: &Settings) -> Start {
    let line =
        |(name, purpose): &(&str, &str)| Line { name: (*name).to_owned(), purpose: (*purpose).to_owned() };
    Start {
        address: settings.listen.address.to_string(),
        version: env!("CARGO_PKG_VERSION"),
        centre: settings.centre.id.clone(),
        services: PURPOSES.iter().map(line).collect(),
        commands: COMMANDS.iter().map(line).collect(),
    }
}

/// The pages.
pub fn pages(start: Start) -> Router {
    Router::new().route("/", get(move || std::future::ready(page(&start))))
}

fn page(start: &Start) -> Response {
    let headers = [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    match start.render() {
        Ok(html) => (headers, Html(html)).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_escapes_what_it_is_given() {
        let start = Start {
            address: "<script>".to_owned(),
            version: "0",
            centre: "442000".to_owned(),
            services: vec![Line { name: "intake".to_owned(), purpose: "a & b".to_owned() }],
            commands: vec![],
        };
        let html = start.render().unwrap();
        assert!(!html.contains("<script>") && html.contains("a &#38; b"), "{html}");
    }
}
