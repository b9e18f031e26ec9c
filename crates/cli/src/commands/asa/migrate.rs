//! `gatelet asa migrate`: a plan to review, and its application.

use std::path::PathBuf;

use asa_client::plan_migration;
use asa_client::{GatewaySetupTokens, MigratedSetupToken, MigrationOutcome, PreparedMigration};
use clap::{Command, Subcommand};
use gatelet_hyper::TokioClock;
use gatelet_models::Timestamp;
use gatelet_models::asa::{GatewaySetupToken, operations};
use gatelet_transport::{Clock as _, Error};

use crate::client::factory::ClientFactory;
use crate::commands::asa::migration_file::{Action, MigrationFile, PlannedEntry, PlannedTeam};
use crate::commands::asa::migration_rows::MigratedRow;
use crate::commands::confirmation::confirm;
use crate::error::error::CliError;
use crate::error::exit::Exit;
use crate::error::setting_names::SettingNames;
use crate::options::built_command::BuiltCommand as _;
use crate::options::operation_help::operations_help;
use crate::output::list::write_items;
use crate::output::output::Output;
use crate::output::stdout::Stdout;
use crate::output::target::Target;
use crate::settings::key::Vendor;

/// The commands of a migration.
#[derive(Debug, Subcommand)]
pub(crate) enum Migrate {
    /// Compare two teams and write a plan to review
    Plan(Plan),
    /// Create what a reviewed plan names
    Apply(Apply),
}

/// Sets the texts of the commands.
pub(crate) fn with_texts(command: Command) -> Command {
    command
        .with_subcommand("plan", |plan| {
            let calls = operations_help(&[&operations::LIST_GATEWAY_SETUP_TOKENS]);
            plan.after_help(format!("{PLAN_HELP}\n\n{calls}"))
        })
        .with_subcommand("apply", |apply| {
            let calls = operations_help(&[
                &operations::LIST_GATEWAY_SETUP_TOKENS,
                &operations::CREATE_GATEWAY_SETUP_TOKEN,
            ]);
            apply.after_help(format!("{APPLY_HELP}\n\n{calls}"))
        })
}

const PLAN_HELP: &str = "\
Two setup tokens are the same if description and labels are. Equal ones are counted: of three in the source and one in the target, two are to be
created. The plan contains no value of a token. To leave one out, set its action to skip, or remove it.";

const APPLY_HELP: &str = "\
It creates one setup token after another in the target, and neither changes nor deletes anything. It reads the target first, so that a second
run creates nothing twice. A plan is refused after 7 days, and if one of its profiles names another team or address by now.";

impl Migrate {
    /// Returns what the command changes, as a verb; `None` if it only reads.
    pub(crate) fn mutation_verb(&self) -> Option<&'static str> {
        match self {
            Self::Plan(_) => None,
            Self::Apply(_) => Some("create"),
        }
    }

    /// Runs the command.
    ///
    /// # Errors
    /// Those of the command.
    pub(crate) async fn run(
        self,
        clients: &ClientFactory,
        output: &mut Output<Stdout>,
    ) -> Result<(), CliError> {
        match self {
            Self::Plan(plan) => plan.run(clients, output).await,
            Self::Apply(apply) => apply.run(clients, output).await,
        }
    }
}

/// Plans a migration.
#[derive(Debug, clap::Args)]
pub(crate) struct Plan {
    /// Profile of the team whose setup tokens are migrated
    #[arg(long, value_name = "NAME")]
    from_profile: String,
    /// Profile of the team in which they are to be created
    #[arg(long, value_name = "NAME")]
    to_profile: String,
    /// New file for the plan, readable only by its owner
    #[arg(long, value_name = "FILE")]
    plan: PathBuf,
}

impl Plan {
    async fn run(
        self,
        clients: &ClientFactory,
        output: &mut Output<Stdout>,
    ) -> Result<(), CliError> {
        let from = clients.for_profile(&self.from_profile)?;
        let to = clients.for_profile(&self.to_profile)?;
        let source = PlannedTeam::of(&self.from_profile, &from)?;
        let target = PlannedTeam::of(&self.to_profile, &to)?;
        ensure_two_teams(&source, &target)?;
        let file = MigrationFile::create(&self.plan)?;
        let now = now();
        let in_source = read_all(&from.asa().await?.gateway_setup_tokens(), &source).await?;
        let in_target = read_all(&to.asa().await?.gateway_setup_tokens(), &target).await?;
        let redactor = output.log().secrets().redactor();
        let planned = plan_migration(&in_source, &in_target).into_iter();
        let entries = planned.map(|it| PlannedEntry::new(it, &redactor)).collect();
        let plan = MigrationFile::new(now, source, target, entries);
        plan.write(file)?;
        let count = |action| {
            plan.setup_tokens
                .iter()
                .filter(|it| it.action == action)
                .count()
        };
        output.log().print(format!(
            "{} to create in team {}, {} present, {} skipped; review {} and apply it within 7 days",
            count(Action::Create),
            plan.target.team,
            count(Action::Present),
            count(Action::Skip),
            self.plan.display(),
        ));
        let rows = plan.setup_tokens.clone();
        Ok(output.document(&plan, rows)?)
    }
}

/// Applies a plan.
#[derive(Debug, clap::Args)]
pub(crate) struct Apply {
    /// File with the plan, as `plan` wrote it and someone has reviewed it
    #[arg(long, value_name = "FILE")]
    plan: PathBuf,
    /// Create without asking
    #[arg(short, long)]
    yes: bool,
}

impl Apply {
    async fn run(
        self,
        clients: &ClientFactory,
        output: &mut Output<Stdout>,
    ) -> Result<(), CliError> {
        let plan = MigrationFile::read(&self.plan, now())?;
        let planned = plan.planned(&self.plan)?;
        let MigrationFile { source, target, .. } = &plan;
        ensure_two_teams(source, target)?;
        let from = clients.for_profile(&source.profile)?;
        let to = clients.for_profile(&target.profile)?;
        source.ensure_same(&PlannedTeam::of(&source.profile, &from)?)?;
        target.ensure_same(&PlannedTeam::of(&target.profile, &to)?)?;
        if clients.dry_run().is_none() {
            to.ensure_writable(Vendor::Asa, "create")?;
        }
        output.log().set("nothing was changed");
        let tokens = to.asa().await?.gateway_setup_tokens();
        let prepare = async || {
            let prepared = tokens.prepare_migration(planned.clone()).await;
            prepared.map_err(|error| unread(&error, target))
        };
        let mut prepared = prepare().await?;
        let count = prepared.remaining();
        if count > 0 {
            let question = format!(
                "Create {} in team {} at {}?",
                counted(count),
                target.team,
                target.url
            );
            confirm(self.yes, question, "nothing was created", output).await?;
            if !self.yes {
                // An answer takes its time, in which someone else may have created one.
                prepared = prepare().await?;
            }
        }
        if let (Some(dry_run), true) = (clients.dry_run(), count > 1) {
            dry_run.then(format!("create {} more", counted(count - 1)));
        }
        let migrated = create_all(prepared, output).await;
        let words = connection_words(&target.profile, clients);
        report(&migrated, &words, output)
    }
}

/// Creates what is missing, one after another.
async fn create_all(
    mut prepared: PreparedMigration,
    output: &Output<Stdout>,
) -> Vec<MigratedSetupToken> {
    let count = prepared.remaining();
    let mut migrated = Vec::new();
    loop {
        let log = output.log();
        if prepared.remaining() > 0 {
            let created = created(&migrated);
            log.set(format!(
                "created {created} of {}; one more may have been created; run the command again, which finds what exists",
                counted(count)
            ));
        }
        let Some(next) = prepared.next().await else {
            return migrated;
        };
        if let MigrationOutcome::Created(id) = &next.outcome {
            let source_id = &next.planned.source_id;
            log.print(format!("created setup token {id} for {source_id}"));
        }
        migrated.push(next);
    }
}

/// Prints a row for each setup token of the plan, and says what failed.
fn report(
    migrated: &[MigratedSetupToken],
    target: &Target,
    output: &mut Output<Stdout>,
) -> Result<(), CliError> {
    let created = created(migrated);
    let rows: Vec<_> = migrated.iter().map(MigratedRow::new).collect();
    let failures = migrated.iter().zip(&rows);
    let failures = failures.filter(|(it, _)| !it.outcome.is_as_planned());
    let parts: Vec<_> = failures.map(|(it, row)| failure(it, row)).collect();
    let done = format!("created {}", counted(created));
    output.log().set(done.clone());
    let written = write_items(rows, output);
    if created > 0 {
        let reveal = target.command_line("gatelet asa gateway-setup-token reveal", &["ID"]);
        output
            .log()
            .print(format!("{done}; to reveal a value: `{reveal}`"));
    }
    if let Some(first) = parts.first() {
        let may_have_created = migrated.iter().any(|it| it.outcome.may_have_created());
        let exit = match may_have_created {
            true => Exit::OutcomeUnknown,
            false => first.exit(),
        };
        let count = parts.len();
        let line = format!(
            "{} of the plan failed; {done}; a second run creates what is missing",
            counted(count)
        );
        return Err(CliError::new(exit, line).with_parts(parts));
    }
    written.map_err(|error| match (created, error.exit()) {
        (0, _) | (_, Exit::Success) => error,
        _ => error.with_advice(done).with_exit(Exit::OutcomeUnknown),
    })
}

fn failure(migrated: &MigratedSetupToken, row: &MigratedRow) -> CliError {
    let exit = match &migrated.outcome {
        MigrationOutcome::Failed(error) => Exit::from(error),
        _ => Exit::Other,
    };
    CliError::new(exit, row.failure_line())
}

fn created(migrated: &[MigratedSetupToken]) -> usize {
    let created = |it: &&MigratedSetupToken| matches!(it.outcome, MigrationOutcome::Created(_));
    migrated.iter().filter(created).count()
}

fn counted(count: usize) -> String {
    match count {
        1 => "1 setup token".to_owned(),
        count => format!("{count} setup tokens"),
    }
}

fn now() -> Timestamp {
    TokioClock::new().now().into()
}

/// Returns the options of a command that goes to the target.
fn connection_words(profile: &str, clients: &ClientFactory) -> Target {
    let profile = std::iter::once(format!("--profile={profile}"));
    Target::new(profile.chain(clients.connection().words()).collect())
}

fn ensure_two_teams(source: &PlannedTeam, target: &PlannedTeam) -> Result<(), CliError> {
    match source.is_same(target) {
        false => Ok(()),
        true => Err(CliError::usage(format_args!(
            "the profiles {} and {} name the same team, {} at {}; nothing was sent",
            source.profile, target.profile, source.team, source.url
        ))),
    }
}

async fn read_all(
    tokens: &GatewaySetupTokens,
    team: &PlannedTeam,
) -> Result<Vec<GatewaySetupToken>, CliError> {
    tokens
        .read_all()
        .await
        .map_err(|error| unread(&error, team))
}

/// Returns the error of a list that could not be read, with the team: two were asked.
fn unread(error: &Error, team: &PlannedTeam) -> CliError {
    CliError::from_client_error(error, &SettingNames::default()).with_advice(format_args!(
        "the setup tokens of team {} of the profile {} could not be read",
        team.team, team.profile
    ))
}
