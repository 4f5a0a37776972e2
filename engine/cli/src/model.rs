//! `kokoro model`: published models, and which of them speaks.

mod progress;
mod report;
#[cfg(test)]
mod tests;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use kokoro_speech::{EngineConfig, ProviderChoice, inspect};
use kokoro_store::{Catalogue, File, Kind, Patience, Request, Store, StoreError, Verdict};

use crate::args::EngineArguments;
use crate::exit::CliError;

/// The variable that names another catalogue.
const CATALOGUE_VARIABLE: &str = "KOKORO_CATALOGUE";

#[derive(Debug, Args)]
pub(crate) struct ModelArguments {
    #[command(subcommand)]
    command: ModelCommand,
}

#[derive(Debug, Subcommand)]
enum ModelCommand {
    /// List what is published and what is installed.
    List {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Bring a model in, with its voices; continue where an earlier try broke off.
    Pull(PullArguments),
    /// Read installed files again and compare their digests.
    Verify {
        /// What to read [default: all that is installed].
        name: Option<String>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
        /// Show no progress.
        #[arg(long)]
        quiet: bool,
    },
    /// Print the path of an installed file.
    Path {
        /// Its name.
        name: String,
    },
}

#[derive(Debug, Args)]
struct PullArguments {
    /// Its name; `kokoro model list` shows all.
    name: String,
    /// Ask this URL instead of the publisher; the files lie under it by their names in the store.
    #[arg(long, value_name = "URL", env = "KOKORO_MIRROR")]
    mirror: Option<String>,
    /// Copy from this file, or from the folder the files lie in.
    #[arg(long, value_name = "PATH")]
    from: Option<PathBuf>,
    /// Take a file although one of its name had another digest when it was first seen here.
    #[arg(long)]
    accept_changed: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    /// Show no progress.
    #[arg(long)]
    quiet: bool,
}

/// Runs a subcommand.
pub(crate) fn run(arguments: &ModelArguments) -> Result<(), CliError> {
    let store = users_store()?;
    match &arguments.command {
        ModelCommand::List { json } => crate::print(&report::list(&store, *json)?),
        ModelCommand::Pull(arguments) => pull(&store, arguments),
        ModelCommand::Verify { name, json, quiet } => {
            verify(&store, name.as_deref(), *json, *quiet)
        }
        ModelCommand::Path { name } => crate::print(&format!("{}\n", store.path(name)?.display())),
    }
}

/// The store the environment names, or the user's.
pub(crate) fn users_store() -> Result<Store, CliError> {
    store(
        std::env::var_os(kokoro_store::FOLDER_VARIABLE),
        std::env::var_os(CATALOGUE_VARIABLE),
    )
}

/// The store in a folder, or the user's; with a catalogue of one's own, or the published one.
fn store(folder: Option<OsString>, catalogue: Option<OsString>) -> Result<Store, CliError> {
    let store = Store::of_user(folder)?;
    match catalogue.filter(|path| !path.is_empty()) {
        None => Ok(store),
        Some(path) => {
            let path = PathBuf::from(path);
            let text =
                std::fs::read_to_string(&path).map_err(|source| CliError::Read { path, source })?;
            let catalogue = Catalogue::parse(&text)?;
            Ok(Store::new(store.root().to_path_buf(), catalogue))
        }
    }
}

fn pull(store: &Store, arguments: &PullArguments) -> Result<(), CliError> {
    let request = Request {
        mirror: arguments.mirror.clone(),
        from: arguments.from.clone(),
        accept_changed: arguments.accept_changed,
        check: &looked_at,
        patience: Patience::default(),
    };
    let progress = progress::Bar::new(arguments.quiet);
    let pulled = store.pull(&arguments.name, &request, &progress);
    progress.clear();
    crate::print(&report::pulled(&pulled?, arguments.json))
}

/// Whether a file is what the catalogue calls it.
fn looked_at(file: &File, path: &Path) -> Result<(), String> {
    match file.kind {
        Kind::Model => inspect::model(path, None).map(|_| ()),
        Kind::Voices => inspect::voices(path, None).map(|_| ()),
    }
    .map_err(|error| error.to_string())
}

fn verify(store: &Store, name: Option<&str>, json: bool, quiet: bool) -> Result<(), CliError> {
    let progress = progress::Bar::new(quiet);
    let verified = store.verify(name, &progress);
    progress.clear();
    let verified = verified?;
    if verified.is_empty() {
        return Err(CliError::Unavailable(format!(
            "expected installed models in {}; found none, so nothing was verified; `kokoro model pull NAME` gets one",
            store.root().display()
        )));
    }
    crate::print(&report::verified(&verified, json))?;
    match verified
        .iter()
        .filter(|file| !matches!(file.verdict, Verdict::Verified { .. }))
        .count()
    {
        0 => Ok(()),
        wrong => Err(CliError::Altered(format!(
            "{wrong} of {} files cannot be trusted; `kokoro model pull NAME` gets one again",
            verified.len()
        ))),
    }
}

/// How to open the engine: with the model that is named, or else the installed one to prefer, if there is any.
pub(crate) fn configured(arguments: &EngineArguments) -> Result<EngineConfig, CliError> {
    chosen(
        arguments.config(),
        std::env::var_os(kokoro_store::FOLDER_VARIABLE),
        std::env::var_os(CATALOGUE_VARIABLE),
    )
}

fn chosen(
    mut config: EngineConfig,
    folder: Option<OsString>,
    catalogue: Option<OsString>,
) -> Result<EngineConfig, CliError> {
    if matches!(
        config.provider,
        ProviderChoice::Espeak | ProviderChoice::Hedgerow
    ) {
        return Ok(config);
    }
    let located = match &config.model {
        Some(model) if !is_name(model) => None,
        Some(name) => Some(store(folder, catalogue)?.resolve(&name.to_string_lossy())?),
        // Voices are some model's: with none named, nobody can say which.
        None if config.voices.is_some() => None,
        None => match store(folder, catalogue) {
            // Where the system has no folder for data, nothing is installed.
            Err(CliError::Store(StoreError::NoFolder)) => None,
            store => store?.installed()?.into_iter().next(),
        },
    };
    if let Some(located) = located {
        config.model = Some(located.model);
        config.voices = config.voices.or(Some(located.voices));
    }
    Ok(config)
}

/// Whether `--model` is a name: no file, and nothing that only a path has.
fn is_name(model: &Path) -> bool {
    model.components().count() == 1
        && !model.exists()
        && model
            .extension()
            .is_none_or(|extension| extension != "onnx")
}
