//! `caws portfolio`: all component specs of a tree, held against each other and against what was measured.

mod measured;

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use caws_evidence::{Finding, Severity, codes};
use caws_policy::{Asked, TierPolicy, asked, hold};
use caws_report::portfolio::{Numbers, PortfolioView, html, json, markdown, terminal};
use caws_report::terminal::Detail;
use caws_report::{excerpt, junit, sarif};
use caws_runner::{ConfigError, ExitCode, Host, components, config, record};
use caws_spec::{Portfolio, parse};

use super::validate::label;
use crate::args::{self, Format};
use crate::error::CliError;
use crate::output::{Output, print};
use measured::Measured;

/// Findings shown unless more are asked for.
const FINDINGS: usize = 20;

pub(crate) fn run(args: &args::Portfolio, output: &Output) -> Result<ExitCode, CliError> {
    let view = view(args)?;
    if let Some(dir) = &args.out {
        write(&view, dir)?;
    }
    let text = match output.format {
        Format::Human => human(&view, output),
        Format::Json => json::run(&view)?,
        Format::Markdown => markdown::run(&view),
        Format::Junit => junit::findings("portfolio", &view.findings),
        Format::Sarif => {
            let all = view.findings.iter().map(|finding| ("portfolio", finding));
            caws_report::json::document(&sarif::document(&all.collect::<Vec<_>>()))?
        }
    };
    print(&text)?;
    Ok(exit(&view.findings))
}

/// A spec with an error says less than a target that is missed, so it comes first.
fn exit(findings: &[Finding]) -> ExitCode {
    let mut errors = findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .peekable();
    if errors.peek().is_none() {
        ExitCode::Pass
    } else if errors.all(|finding| finding.code == codes::THRESHOLD_MISSED) {
        ExitCode::GateFailed
    } else {
        ExitCode::Invalid
    }
}

fn view(args: &args::Portfolio) -> Result<PortfolioView, CliError> {
    let specs = components::find(&args.dir).map_err(CliError::file("search", &args.dir))?;
    let root = label(&args.dir);
    let at = |path: &str| {
        if root.is_empty() {
            path.to_owned()
        } else {
            format!("{}/{path}", root.trim_end_matches('/'))
        }
    };
    if specs.components.is_empty() {
        return Err(CliError::usage(
            format!("there is no component spec in {}", args.dir.display()),
            "a component's spec is `.caws/working-spec.yaml` in the folder of the component; name the tree that holds them",
        ));
    }
    let paths = specs.components.iter().map(|path| args.dir.join(path));
    let contents = load(paths)?;
    let files: Vec<_> = specs
        .components
        .iter()
        .map(|path| at(path))
        .zip(contents)
        .collect();
    let threads = Host::current().cores;
    let portfolio = Portfolio::read(&files, |path| Path::new(path).exists(), threads);
    let mut findings = portfolio.findings.clone();
    let policy = policy()?;
    let measured = Measured::read(&args.artifacts, &portfolio.entries)?;
    let mut numbers = Vec::with_capacity(portfolio.entries.len());
    for (position, entry) in portfolio.entries.iter().enumerate() {
        let (wanted, loosened) = policy
            .as_ref()
            .map_or((None, Vec::new()), |policy| asked(policy, entry));
        findings.extend(loosened);
        let (wanted_coverage, wanted_mutation) = match wanted {
            Some(Asked { coverage, mutation }) => (Some(coverage), Some(mutation)),
            None => (None, None),
        };
        let (coverage, missed) = hold(entry, wanted_coverage, measured.coverage.of(position));
        findings.extend(missed);
        let (mutation, missed) = hold(entry, wanted_mutation, measured.mutation.of(position));
        findings.extend(missed);
        numbers.push(Numbers { coverage, mutation });
    }
    // Stable: what stands at one place keeps its order.
    findings.sort_by(|a, b| place(a).cmp(&place(b)));
    let whole = specs
        .whole
        .map(|path| (at(&path), "the spec of the project itself"));
    let projects = specs
        .projects
        .iter()
        .map(|path| (at(path), "a project of its own"));
    let people = NonZeroUsize::from(
        std::num::NonZeroU16::new(args.people).unwrap_or(std::num::NonZeroU16::MIN),
    );
    Ok(PortfolioView {
        directory: args.dir.display().to_string(),
        alone: portfolio.plan(NonZeroUsize::MIN),
        team: portfolio.plan(people),
        left_out: whole.into_iter().chain(projects).collect(),
        sources: measured.sources(),
        numbers,
        findings,
        portfolio,
    })
}

fn place(finding: &Finding) -> (&str, Option<u32>, Option<u32>) {
    finding.place.as_ref().map_or(("", None, None), |place| {
        (place.path.as_str(), place.line, place.column)
    })
}

fn load(paths: impl IntoIterator<Item = PathBuf>) -> Result<Vec<Vec<u8>>, CliError> {
    components::load(paths).map_err(|(path, error)| CliError::file("read", &path)(error))
}

fn read(path: &Path) -> Result<Vec<u8>, CliError> {
    load([path.to_owned()]).map(|contents| contents.concat())
}

/// The tier policy of the project in this directory, where there is one.
fn policy() -> Result<Option<TierPolicy>, CliError> {
    /// Where it lies unless the configuration says otherwise.
    const USUAL: &str = ".caws/policy/tier-policy.json";
    let config = Path::new(config::FILE);
    let stated = if config.is_file() {
        let document = parse(config::FILE, &read(config)?).map_err(ConfigError::Invalid)?;
        let stated = document.value().get("policy");
        stated.and_then(|path| path.as_str()).map(str::to_owned)
    } else {
        None
    };
    let path = match &stated {
        Some(path) => Path::new(path),
        None if !Path::new(USUAL).is_file() => return Ok(None),
        None => Path::new(USUAL),
    };
    let document = parse(&label(path), &read(path)?).map_err(ConfigError::Invalid)?;
    let policy = TierPolicy::from_document(&document).map_err(ConfigError::Invalid)?;
    Ok(Some(policy))
}

/// Writes the reports, each whole or not at all.
fn write(view: &PortfolioView, dir: &Path) -> Result<(), CliError> {
    for (name, text) in [
        ("index.html", html::run(view)),
        ("portfolio.md", markdown::run(view)),
        ("portfolio.json", json::run(view)?),
    ] {
        let path = dir.join(name);
        record::write(&path, text.as_bytes()).map_err(CliError::file("write", &path))?;
    }
    Ok(())
}

fn human(view: &PortfolioView, output: &Output) -> String {
    let shown: Vec<&Finding> = view
        .findings
        .iter()
        .filter(|finding| !output.quiet() || finding.severity == Severity::Error)
        .collect();
    let most = if output.detail == Detail::Verbose {
        usize::MAX
    } else {
        FINDINGS
    };
    let mut out = String::new();
    // Findings come by file: each is read once.
    let mut source: (String, Option<String>) = (String::new(), None);
    for finding in shown.iter().take(most) {
        if let Some(place) = &finding.place
            && place.path != source.0
        {
            source = (
                place.path.clone(),
                std::fs::read_to_string(&place.path).ok(),
            );
        }
        out.push_str(&excerpt::excerpt(
            finding,
            source.1.as_deref(),
            output.palette,
        ));
    }
    let more = shown.len().saturating_sub(most);
    if more > 0 {
        out.push_str(&format!(
            "{more} more findings; --verbose prints them all\n\n"
        ));
    }
    out.push_str(&terminal::run(view, output.palette, output.detail));
    out
}
