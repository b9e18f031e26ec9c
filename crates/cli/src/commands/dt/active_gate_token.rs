//! What the description cannot say about `gatelet dt active-gate-token`.

use clap::{Command, ValueEnum};
use dt_client::{Applied, Client, Error, RotationPlan, TokenRotation};
use gatelet_hyper::TokioClock;
use gatelet_models::Timestamp;
use gatelet_models::dt::{
    ActiveGateToken, ActiveGateTokenCreate, ActiveGateTokenCreated, ActiveGateTokenId,
    ActiveGateType,
};
use gatelet_transport::Clock as _;

use crate::commands::confirmation::Confirmation;
use crate::commands::deletions::Deletions;
use crate::commands::dt::created_token::CreatedToken;
use crate::commands::dt::lost_token::{find_lost_line, lost};
use crate::commands::dt::token_form::{FormOptions, TOKEN};
use crate::commands::dt::token_place::PlaceOptions;
use crate::commands::dt::token_prune;
pub(crate) use crate::commands::dt::token_prune::Prune;
use crate::commands::dt::token_rotation::{OldTokens, Steps};
use crate::commands::dt::{lists, token_audit, token_users};
use crate::commands::hand_over::new_file_options::{NewFileOptions, hand_over};
use crate::commands::report;
use crate::commands::secret_output;
use crate::error::error::CliError;
use crate::error::exit::Exit;
use crate::options::built_command::BuiltCommand as _;
use crate::options::name_filter::NameFilter;
use crate::options::paging::Paging;
use crate::options::typed_time::TypedTime;
use crate::output::list;
use crate::output::list::write_items;
use crate::output::log::Log;
use crate::output::output::Output;
use crate::output::stdout::Stdout;
use crate::output::target::Target;

/// The command that shows a token.
const GET: &str = "gatelet dt active-gate-token get";

/// The help of an id. The secret begins with it.
const ID: &str = "ID of the token, as shown by `list`: the part before the secret";

const FIND_LOST: &str = "\
Lists the tokens of this name, type and kind that were created at the time or later and show no use. Tokens from up to five minutes earlier
are listed, because the server's clock may be behind, and so is a token that another process has created with the same name. Nothing is
deleted. The secret of a lost token cannot be recovered, so delete the token and create another. A token without a name in
the response is not found; `list` shows it.

Needs the scope activeGateTokenManagement.read; a platform token and an OAuth client need fleet-management:activegate.tokens:read.";

const EXPIRING: &str = "\
The exit code is 20 if a token has ended or ends within the time, and 0 if none does.

Needs the scope activeGateTokenManagement.read; a platform token and an OAuth client need fleet-management:activegate.tokens:read.";

const ROTATE: &str = "\
Creates a successor for each token that ends soon, or for each that is named, and hands its secret over, which cannot be shown again. The name
of a successor is that of the old token with a suffix, which the next rotation replaces. A token that has a successor gets no other one
as long as that has not ended, so that the command can be repeated. Without --expires, a successor lasts as long as the old token did.

With --delete-old, an old token is deleted once no ActiveGate shows it and its successor shows a use: deploy the secrets, and run the same
command again. The exit code is 20 if an old token was not deleted for such a reason, or the secret of a successor is not in its file.

Needs the scopes activeGateTokenManagement.read and activeGateTokenManagement.create, and with --delete-old activeGates.read and
activeGateTokenManagement.write; a platform token and an OAuth client need fleet-management:activegate.tokens:read and
fleet-management:activegate.tokens:create, and fleet-management:activegates:read and fleet-management:activegate.tokens:write.";

/// Sets the texts and aliases of the commands.
pub(crate) fn with_texts(command: Command) -> Command {
    command
        .about("ActiveGate tokens, which ActiveGates connect with")
        .with_subcommand("get", |get| get.with_argument("id", |id| id.help(ID)))
        .with_subcommand("delete", |delete| {
            delete.with_argument("id", |id| id.help(ID))
        })
        .with_subcommand("users", |users| {
            users
                .with_argument("id", |id| id.help(ID))
                .after_help(token_users::HELP)
        })
        .with_subcommand("expiring", |expiring| expiring.after_help(EXPIRING))
        .with_subcommand("audit", |audit| audit.after_help(token_audit::HELP))
        .with_subcommand("find-lost", |find| find.after_help(FIND_LOST))
        .with_subcommand("rotate", |rotate| rotate.after_help(ROTATE))
        .with_subcommand("prune", |prune| prune.after_help(token_prune::HELP))
}

/// Lists the tokens of the environment.
#[derive(Debug, clap::Args)]
pub(crate) struct List {
    #[command(flatten)]
    names: NameFilter,
    /// List only tokens that have ended, or end within this time or before it: 60d, 2w, 2027-01-31 (its start); UTC without an offset
    #[arg(long, value_name = "TIME")]
    expires_within: Option<TypedTime>,
    /// List only tokens whose last use, or creation if they show none, is longer ago or before this time: 90d, 2027-01-31 (its start); UTC without an offset
    #[arg(long, value_name = "TIME")]
    unused_for: Option<TypedTime>,
    #[command(flatten)]
    paging: Paging,
}

impl List {
    /// Prints the tokens, page by page.
    pub(crate) async fn run(
        self,
        client: &Client,
        output: &mut Output<Stdout>,
    ) -> Result<(), CliError> {
        let Self {
            names,
            expires_within,
            unused_for,
            paging,
        } = self;
        let now = now();
        let within = expires_within.map(|it| it.time_until("--expires-within", now));
        let ends_by = within.transpose()?.map(|it| now.saturating_add(it));
        let unused = unused_for.map(|it| it.time_since("--unused-for", now));
        let used_by = unused.transpose()?.map(|it| now.saturating_sub(it));
        let keeps = |token: &ActiveGateToken| {
            names.keeps(token.name.as_deref())
                && ends_by.is_none_or(|end| ends_until(token, end))
                && used_by.is_none_or(|time| is_unused_since(token, time))
        };
        let keeps_all = names.keeps_all() && ends_by.is_none() && used_by.is_none();
        let limit = paging.limit;
        let list = paging.apply_filtered(!keeps_all, client.active_gate_tokens().list());
        list::write_kept(list.pages(), limit, output, keeps).await
    }
}

/// Returns whether a token has ended at this time. Year 1 means "never".
fn ends_until(token: &ActiveGateToken, time: Timestamp) -> bool {
    let end = token.expiration_date.filter(|end| !end.is_unset());
    end.is_some_and(|end| end <= time)
}

/// Returns whether a token shows no use after this time, and was created before it.
fn is_unused_since(token: &ActiveGateToken, time: Timestamp) -> bool {
    let last = token.last_used_date.filter(|last| !last.is_unset());
    last.unwrap_or(token.creation_date) <= time
}

/// What `create` makes and `find-lost` finds again.
#[derive(Debug, clap::Args)]
pub(crate) struct NewToken {
    /// Name of the token
    name: String,
    /// Type of ActiveGate; the API of the platform has tokens of type `environment` only
    #[arg(long = "type", value_enum, value_name = "TYPE", default_value_t = Kind::Environment)]
    kind: Kind,
    /// Whether it is a seed token
    #[arg(long)]
    seed: bool,
}

impl NewToken {
    fn to_create(&self) -> ActiveGateTokenCreate {
        ActiveGateTokenCreate::new(&self.name, self.kind).with_seed_token(self.seed)
    }
}

/// Creates an ActiveGate token.
#[derive(Debug, clap::Args)]
pub(crate) struct Create {
    #[command(flatten)]
    token: NewToken,
    /// Expiration: 60d, 2w, 2027-01-31 (its start), tomorrow or 2027-01-31T12:00Z; UTC without an offset [default: never]
    #[arg(long, value_name = "TIME")]
    expires: Option<TypedTime>,
    #[command(flatten)]
    file: NewFileOptions,
    #[command(flatten)]
    form: FormOptions,
}

/// The types of ActiveGate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// Connects one environment
    Environment,
    /// Connects all environments of a cluster
    Cluster,
}

impl From<Kind> for ActiveGateType {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Environment => Self::Environment,
            Kind::Cluster => Self::Cluster,
        }
    }
}

impl Create {
    /// Creates the token and prints it with its secret, or deletes it again.
    pub(crate) async fn run(
        self,
        client: &Client,
        output: &mut Output<Stdout>,
    ) -> Result<(), CliError> {
        let Self {
            token,
            expires,
            file,
            form,
        } = self;
        let tokens = client.active_gate_tokens();
        let list = output
            .target()
            .command_line("gatelet dt active-gate-token list", &[]);
        let destination = file.destination(&TOKEN, &list, output)?;
        let form = form.form(destination.is_none())?;
        if destination.is_none() {
            secret_output::ensure_writable(output)?;
        }
        let mut create = token.to_create();
        let ends = expires.is_some();
        let since = now();
        if let Some(expires) = expires {
            create = create.with_expiration_date(expires.expiration(since));
        }
        let unknown = format!(
            "create: outcome unknown; {}",
            find_lost_line(&create, since, output.target())
        );
        output.progress().set(unknown);
        let created = tokens.create(create.clone()).send().await;
        let created =
            created.map_err(|error| not_created(error, &create, since, output.target()))?;
        let id = created.id.clone();
        output.log().secrets().add(&created.token);
        let mut warnings = report::unreadable_lines("token", created.unreadable_members());
        if ends && shows_no_end(&created) {
            let get = output.target().command_line(GET, &[id.as_str()]);
            warnings.push(format!(
                "warning: the token was created, but the response does not say that it ends; see {get}"
            ));
        }
        let new = CreatedToken::of_create(created, &token.name, tokens, form, output.target());
        match destination {
            Some(destination) => hand_over(destination, &new, output).await?,
            None => new.print_or_undo(output).await?,
        }
        // Not before, because a stderr that nobody reads would hold up the secret.
        for warning in warnings {
            output.log().print(warning);
        }
        Ok(())
    }
}

fn now() -> Timestamp {
    TokioClock::new().now().into()
}

/// Converts the error of a create, and says what to do if the token may exist without anyone knowing its secret.
fn not_created(
    error: Error,
    create: &ActiveGateTokenCreate,
    since: Timestamp,
    target: &Target,
) -> CliError {
    if error.applied() == Applied::No {
        return error.into();
    }
    let advice = lost(error.resource(), create, since, target);
    CliError::from(error).with_advice(advice)
}

/// Returns whether the response to a create shows no end of the token.
fn shows_no_end(created: &ActiveGateTokenCreated) -> bool {
    let end = created.expiration_date.value();
    end.is_ok_and(|end| end.copied().is_none_or(Timestamp::is_unset))
}

/// Finds the tokens of a create whose response was lost.
#[derive(Debug, clap::Args)]
pub(crate) struct FindLost {
    #[command(flatten)]
    token: NewToken,
    /// When the create was started, or earlier: 10m ago, today (its start) or 2027-01-31T12:00Z; UTC without an offset
    #[arg(long, value_name = "TIME")]
    since: TypedTime,
}

impl FindLost {
    /// Prints one row for each token.
    pub(crate) async fn run(
        self,
        client: &Client,
        output: &mut Output<Stdout>,
    ) -> Result<(), CliError> {
        let since = self.since.ago("--since", now())?;
        let create = self.token.to_create();
        let tokens = client.active_gate_tokens();
        let lost = tokens.find_lost(&create, since.into()).await;
        let lost = lost.map_err(lists::to_cli_error)?;
        if lost.is_empty() {
            let line = "no such token with a name in the response; after a timeout, look again some minutes later";
            output.log().print(line);
        }
        write_items(lost, output)
    }
}

/// Lists the tokens that end soon.
#[derive(Debug, clap::Args)]
pub(crate) struct Expiring {
    /// Report tokens that end within this time, or before it: 60d, 2w, 2027-01-31 (its start) or 2027-01-31T12:00Z; UTC without an offset
    #[arg(long, value_name = "TIME", default_value = "30d")]
    within: TypedTime,
}

impl Expiring {
    /// Prints one row for each token. Its exit code tells whether there are any.
    pub(crate) async fn run(
        self,
        client: &Client,
        output: &mut Output<Stdout>,
    ) -> Result<(), CliError> {
        let within = self.within.time_until("--within", now())?;
        let expiring = client.active_gate_tokens().expiring(within).await;
        let expiring = expiring.map_err(lists::to_cli_error)?;
        let is_empty = expiring.is_empty();
        write_items(expiring, output)?;
        match is_empty {
            true => Ok(()),
            false => Err(CliError::silent(Exit::Found)),
        }
    }
}

/// Replaces tokens.
#[derive(Debug, clap::Args)]
pub(crate) struct Rotate {
    /// IDs of the tokens [default: those that end soon]
    #[arg(value_name = "ID")]
    ids: Vec<ActiveGateTokenId>,
    /// Replace the tokens that end within this time: 60d, 2w, 2027-01-31 (its start) or 2027-01-31T12:00Z; UTC without an offset
    #[arg(
        long,
        value_name = "TIME",
        default_value = "30d",
        conflicts_with = "ids"
    )]
    within: TypedTime,
    /// Replace of these only the tokens with such a name: * stands for any characters, ? for one
    #[arg(long, value_name = "PATTERN", conflicts_with = "ids")]
    name: Option<String>,
    /// Expiration of the new tokens: 60d, 2w, 2027-01-31 (its start), tomorrow or 2027-01-31T12:00Z; UTC without an offset [default: the life span of the old token]
    #[arg(long, value_name = "TIME")]
    expires: Option<TypedTime>,
    #[command(flatten)]
    place: PlaceOptions,
    /// Delete each old token whose successor is stored, once no ActiveGate shows it and the successor shows a use
    #[arg(long)]
    delete_old: bool,
    /// Delete old tokens even if they are in use: their ActiveGates are locked out
    #[arg(long, requires = "delete_old")]
    even_if_used: bool,
    #[command(flatten)]
    confirmation: Confirmation,
}

impl Rotate {
    /// Returns what the command changes, as a verb.
    pub(crate) fn mutation_verb(&self) -> Option<&'static str> {
        Some("rotate")
    }

    /// Stores the secret of each new token first, then reads the token, and deletes the old one last.
    pub(crate) async fn run(
        self,
        client: &Client,
        output: &mut Output<Stdout>,
    ) -> Result<(), CliError> {
        let rotation = self.rotation()?;
        let place = self.place.place()?;
        if self.delete_old && place.is_stdout() && output.dry_run().is_none() {
            return Err(CliError::usage(
                "invalid --delete-old: what is printed is stored nowhere that could be looked at before the old token is deleted: use --out, --out-dir or --out-command; nothing was changed",
            ));
        }
        let steps = Steps {
            tokens: client.active_gate_tokens(),
            place,
            old: match (self.delete_old, self.even_if_used) {
                (false, _) => OldTokens::Keep,
                (true, false) => OldTokens::DeleteIfUnused,
                (true, true) => OldTokens::DeleteEvenIfUsed,
            },
            target: output.target().clone(),
            log: output.log().clone(),
        };
        let plan = steps.plan(&rotation).await?;
        if self.delete_old {
            ask(&plan, self.even_if_used, self.confirmation, output).await?;
        }
        match output.dry_run().cloned() {
            Some(dry_run) => steps.show(plan, &dry_run, output).await,
            None => steps.run(plan, output).await,
        }
    }

    fn rotation(&self) -> Result<TokenRotation, CliError> {
        let now = now();
        let mut rotation = match self.ids.is_empty() {
            true => TokenRotation::ending_within(self.within.time_until("--within", now)?),
            false => TokenRotation::of(self.ids.iter().cloned()),
        };
        if let Some(pattern) = &self.name {
            rotation = rotation.with_name(pattern);
        }
        if let Some(expires) = self.expires {
            rotation = rotation.with_expiration(expires.expiration(now));
        }
        Ok(rotation)
    }
}

/// Asks whether old tokens may be deleted, before anything is created.
async fn ask(
    plan: &RotationPlan,
    even_if_used: bool,
    confirmation: Confirmation,
    output: &Output<Stdout>,
) -> Result<(), CliError> {
    let old = plan.successors.iter().map(|it| &it.old.id);
    let old = old.chain(plan.rotated.iter().map(|it| &it.old.id));
    let old: Vec<_> = old.map(ActiveGateTokenId::as_str).collect();
    if old.is_empty() {
        return Ok(());
    }
    let condition = match even_if_used {
        true => "even if they are in use",
        false => "if they are not in use",
    };
    let question = format!(
        "Replace ActiveGate tokens where that is not done, and delete the old ones {condition}: {}?",
        old.join(", ")
    );
    confirmation.ask(question, output).await
}

/// Reviews all tokens.
#[derive(Debug, clap::Args)]
pub(crate) struct Audit {
    /// Report tokens whose last use is longer ago, or before this time: 90d, 26w or 2027-01-31 (its start); UTC without an offset
    #[arg(long, value_name = "TIME", default_value = "90d")]
    unused_for: TypedTime,
}

impl Audit {
    /// Prints one row for each token, and what the rows do not show to stderr.
    pub(crate) async fn run(
        self,
        client: &Client,
        output: &mut Output<Stdout>,
    ) -> Result<(), CliError> {
        let unused_for = self.unused_for.time_since("--unused-for", now())?;
        let audit = client.active_gate_tokens().audit(unused_for).await;
        let audit = audit.map_err(lists::to_cli_error)?;
        let limits = token_audit::limits(&audit);
        write_items(token_audit::rows(audit), output)?;
        output.log().print(limits);
        Ok(())
    }
}

/// Shows which ActiveGates show a token.
#[derive(Debug, clap::Args)]
pub(crate) struct Users {
    id: ActiveGateTokenId,
}

impl Users {
    /// Prints one row for each ActiveGate, and the last use to stderr; or one JSON document with both.
    pub(crate) async fn run(
        self,
        client: &Client,
        output: &mut Output<Stdout>,
    ) -> Result<(), CliError> {
        let users = client.active_gate_tokens().users(&self.id).await;
        let users = users.map_err(lists::to_cli_error)?;
        let rows = token_users::rows(&users, &self.id);
        output.document(&token_users::Document(&users), rows)?;
        output.log().print(token_users::limits(&users, &self.id));
        match users.token {
            Ok(_) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

/// Deletes ActiveGate tokens.
#[derive(Debug, clap::Args)]
pub(crate) struct Delete {
    #[arg(required = true)]
    id: Vec<ActiveGateTokenId>,
    #[command(flatten)]
    confirmation: Confirmation,
}

impl Delete {
    /// Deletes the tokens; on a terminal, it first shows who uses each and asks.
    pub(crate) async fn run(
        self,
        client: &Client,
        output: &mut Output<Stdout>,
    ) -> Result<(), CliError> {
        let Self { id, confirmation } = self;
        let deletions = Deletions::new("ActiveGate token", "ActiveGate tokens", id);
        if confirmation.asks(output) {
            show_all_users(client, deletions.ids(), output.log()).await?;
            // The question follows what it is about.
            output.log().flush();
        }
        let tokens = client.active_gate_tokens();
        let delete = async |id: &ActiveGateTokenId| tokens.delete(id).send().await;
        deletions.run(confirmation, output, delete).await
    }
}

/// Shows which ActiveGates use each of these tokens, on stderr. Of several tokens, one that does not exist is reported with its deletion.
async fn show_all_users(
    client: &Client,
    ids: &[ActiveGateTokenId],
    log: &Log,
) -> Result<(), CliError> {
    if let [id] = ids {
        return show_users(client, id, log).await;
    }
    for id in ids {
        log.print(format!("ActiveGate token {id}:"));
        if let Err(error) = show_users(client, id, log).await {
            log.print(error.line());
        }
    }
    Ok(())
}

/// Shows which ActiveGates use a token, on stderr. If that cannot be read, it says so, since a token that may delete tokens need not have
/// the scope for it.
async fn show_users(client: &Client, id: &ActiveGateTokenId, log: &Log) -> Result<(), CliError> {
    match client.active_gate_tokens().users(id).await {
        Ok(users) => {
            let redactor = log.secrets().redactor();
            for user in token_users::rows(&users, id) {
                log.print(format!("used by {}", user.describe(&redactor)));
            }
            log.print(token_users::limits(&users, id));
            if let Err(error) = users.token {
                log.print(CliError::from(error).line());
            }
        }
        Err(error) if error.is_not_found() && !lists::is_missing(&error) => {
            return Err(error.into());
        }
        Err(error) => log.print(format!(
            "could not find out which ActiveGates use it: {}",
            CliError::from(error).line()
        )),
    }
    Ok(())
}
