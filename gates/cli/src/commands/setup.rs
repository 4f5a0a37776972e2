//! `caws setup`: installs the pinned tools that are missing.

use caws_runner::{ExitCode, doctor, setup};

use crate::error::CliError;
use crate::output::Output;
use crate::progress;

pub(crate) fn run(output: &Output) -> Result<ExitCode, CliError> {
    let project = super::open()?;
    let tools = if output.offline {
        doctor(&project)
    } else {
        let interrupt = progress::on_ctrl_c()?;
        let observer = progress::observer(output.quiet());
        setup(&project, &interrupt, observer.as_ref())
    };
    super::doctor::tell("setup", &tools, output)
}
