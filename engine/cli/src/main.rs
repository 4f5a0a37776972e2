//! The `kokoro` program: speaks, serves, measures.
//!
//! In: a command line, text. Out: audio on stdout or in a file, a server, measurements; messages on
//! stderr; an exit code of [`exit::CliError`].
//! Never: anything but audio or the data asked for on stdout.

mod args;
mod bench;
mod doctor;
mod exit;
mod memory;
mod model;
mod serve;
mod speak;
mod voices;

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;

use args::{Arguments, Command};
use exit::CliError;

fn main() -> ExitCode {
    memory::share();
    let arguments = Arguments::parse();
    match run(arguments.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("kokoro: {error}");
            ExitCode::from(error.code())
        }
    }
}

fn run(command: Command) -> Result<(), CliError> {
    match command {
        Command::Speak(arguments) => speak::run(&arguments),
        Command::Serve(arguments) => serve::run(&arguments),
        Command::Voices(arguments) => voices::run(&arguments),
        Command::Bench(arguments) => bench::run(&arguments),
        Command::Doctor(arguments) => doctor::run(&arguments),
        Command::Model(arguments) => model::run(&arguments),
        Command::Openapi(arguments) => openapi(&arguments),
    }
}

fn openapi(arguments: &args::OpenapiArguments) -> Result<(), CliError> {
    let text = match arguments.format {
        args::DocumentFormat::Yaml => kokoro_server::openapi::contract_yaml()
            .map_err(|error| CliError::Internal(error.to_string()))?,
        args::DocumentFormat::Json => kokoro_server::openapi::to_json(
            &kokoro_server::openapi::document(&kokoro_server::openapi::built_in_voices()),
        ),
    };
    print(&text)
}

/// Writes to stdout; a reader that has left is no error.
fn print(text: &str) -> Result<(), CliError> {
    write_out(text.as_bytes())
}

/// Writes bytes to stdout; a reader that has left is no error.
fn write_out(bytes: &[u8]) -> Result<(), CliError> {
    let mut out = std::io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(CliError::Write {
            place: "stdout".to_owned(),
            source: error,
        }),
        _ => Ok(()),
    }
}
