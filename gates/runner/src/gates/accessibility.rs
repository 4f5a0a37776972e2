//! `accessibility`: asked of what people see. There is no adapter yet, so where it is asked for it
//! is not measured, and says so.

use caws_policy::Term;

use crate::gates::{Context, Draft, Gate, Stop};
use crate::project::{Options, Project};
use crate::schedule::Needs;

pub(crate) struct Accessibility;

impl Gate for Accessibility {
    fn id(&self) -> &'static str {
        "accessibility"
    }

    fn version(&self) -> u32 {
        1
    }

    fn needs(&self, _project: &Project) -> Needs {
        Needs {
            cores: 1,
            exclusive: false,
        }
    }

    fn draft(&self, project: &Project, _options: &Options) -> Option<Draft> {
        let term = Some(Term::Accessibility);
        Some(
            match project.rules.not_applicable(Term::Accessibility, false) {
                Some(reason) => Draft::not_applicable("sarif", term, reason),
                None => Draft {
                    requirements: project
                        .rules
                        .requirement(Term::Accessibility)
                        .into_iter()
                        .collect(),
                    ..Draft::not_configured("sarif", term)
                },
            },
        )
    }

    fn run(&self, _context: &mut Context<'_>) -> Result<(), Stop> {
        Ok(())
    }
}
