//! Writes the commands of the command line: one enum for each tag, one variant for each of its operations and for each noun below its own.
//!
//! A command is plain if its operation takes only path and query parameters, and its result can be printed without a secret. Where a description says that a command is written by hand, the enum names the struct of its arguments in
//! `crates/cli/src/commands`. Other operations have no command, and a test of the command line names them.

mod about;
mod arguments;
pub(crate) mod check;
mod examples;
mod group;
mod operations;
mod record;
mod secrets;

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::client::{is_list, method_name, path_arguments};
use super::client_query::{one_value, own_query, query_value, rust_name};
use super::client_result::is_delete;
use super::field_type::{ident, model};
use super::ir::{Api, Kind, Operation, OwnCommand, Parameter, Shape, Word};
use super::markdown::Markdown;
use super::names;
use super::rust::{self, Item, doc_of};
use about::about;
use arguments::{options, positionals};
use group::{Group, below, groups};
use record::Records;
use secrets::with_secrets;

/// Returns the file of a vendor's commands.
pub(crate) fn file(api: &Api) -> Result<String, String> {
    let secrets = with_secrets(api);
    let groups = groups(api, &secrets);
    let records = Records::new(api, &groups);
    let mut items = vec![
        imports(api, &groups, &records),
        declaration(api, &groups),
        implementation(api, &groups),
    ];
    items.extend(
        groups
            .iter()
            .flat_map(|it| [it.declaration(&groups), it.run(&groups)]),
    );
    items.extend(records.items());
    items.push(operations::list(&groups));
    items.push(examples::list(api, &groups));
    let items: Vec<_> = items.into_iter().map(Item::Plain).collect();
    let about = Markdown::own("The commands of").and(api.document.title.sentence());
    rust::file(&api.files(), &about, &items)
}

/// Returns the command of an operation, as in `gatelet asa gateway-setup-token reveal`, if it has one.
pub(crate) fn command(api: &Api, operation: &Operation) -> Option<String> {
    command_of(api, operation, &method_name(operation))
}

/// Returns the command with a verb beside the command of an operation.
pub(crate) fn command_of(api: &Api, operation: &Operation, verb: &str) -> Option<String> {
    let secrets = with_secrets(api);
    let groups = groups(api, &secrets);
    let mut groups = groups.iter();
    let group = groups.find(|it| it.operations.iter().any(|own| own.id == operation.id))?;
    let words = format!("{} {verb}", group.noun.join(" "));
    Some(format!(
        "gatelet {} {}",
        api.vendor,
        words.replace('_', "-")
    ))
}

fn vendor(api: &Api) -> Ident {
    ident(&names::pascal(&api.vendor))
}

/// Returns the imports that the items use. Functions are called through their modules, which no argument of a command hides.
fn imports(api: &Api, groups: &[Group<'_>], records: &Records<'_>) -> TokenStream {
    let vendor = ident(&api.vendor);
    let any = |test: &dyn Fn(&Group<'_>, &Operation) -> bool| {
        let mut commands = groups
            .iter()
            .flat_map(|group| group.operations.iter().map(move |it| (group, it)));
        commands.any(|(group, operation)| test(group, operation))
    };
    let any_plain = |test: fn(&Operation) -> bool| any(&|group, it| group.is_plain(it) && test(it));
    let has_id = |it: &Operation| {
        let mut parameters = path_arguments(it).chain(own_query(it));
        parameters.any(|it| it.kind.reference().is_some())
    };
    let has_models = !records.is_empty() || any_plain(has_id);
    let models = has_models.then(|| quote!(self as models,));
    let commands = any(&|group, it| !group.is_plain(it))
        || groups.iter().any(|it| !it.tag.commands.is_empty());
    let commands = commands.then(|| quote!(use crate::commands::#vendor as commands;));
    let helps = [
        (true, "OperationHelp"),
        (any(&|group, it| !group.shows_once(it)), "operation_help"),
        (any(&|group, it| group.shows_once(it)), "secret_help"),
    ];
    let helps = helps.iter().filter(|(is_used, _)| *is_used);
    let helps = helps.map(|(_, name)| ident(name));
    let lists = any_plain(is_list);
    let prints_rows =
        any(&|group, it| group.is_plain(it) && (is_list(it) || group.rows(it).is_some()));
    let imports = [
        (
            any_plain(is_delete),
            quote!(commands::confirmation::Confirmation),
        ),
        (
            any_plain(|it| is_delete(it) && has_ids(it)),
            quote!(commands::deletions::Deletions),
        ),
        (
            any_plain(|it| it.response.is_none() && !(is_delete(it) && has_ids(it))),
            quote!(commands::report),
        ),
        (true, quote!(error::error::CliError)),
        (true, quote!(options::deferred::Deferred)),
        (true, quote!(options::operation_help::{#(#helps),*})),
        (lists, quote!(options::paging::Paging)),
        (records.have_columns(), quote!(output::columns)),
        (prints_rows, quote!(output::list)),
        (true, quote!(output::output::Output)),
        (
            !records.is_empty(),
            quote!(output::record::{Column, Record}),
        ),
        (true, quote!(output::stdout::Stdout)),
    ];
    let imports = imports.iter().filter(|(is_used, _)| *is_used);
    let imports = imports.map(|(_, path)| path);
    let client = format_ident!("{}_client", api.vendor);
    quote! {
        use clap::Subcommand;
        use #client::Client;
        use gatelet_models::#vendor::{#models operations as api};
        use crate::client::factory::ClientFactory;
        #commands
        #(use crate::#imports;)*
    }
}

fn has_ids(operation: &Operation) -> bool {
    positionals(operation).next().is_some()
}

/// Returns the other name of a command.
fn alias(method: &str) -> Option<&'static str> {
    match method {
        "list" => Some("ls"),
        "delete" => Some("rm"),
        _ => None,
    }
}

/// Returns the enum of all commands of a vendor.
fn declaration(api: &Api, groups: &[Group<'_>]) -> TokenStream {
    let name = vendor(api);
    let variants = below(groups, &[]).map(Group::as_subcommand);
    let docs = doc_of(&Markdown::own("The commands of").and(api.document.title.sentence()));
    quote! {
        #docs
        #[derive(Debug, Subcommand)]
        pub(crate) enum #name { #(#variants)* }
    }
}

fn implementation(api: &Api, groups: &[Group<'_>]) -> TokenStream {
    let name = vendor(api);
    let variants: Vec<_> = below(groups, &[]).map(Group::variant).collect();
    let client = ident(&api.vendor);
    quote! {
        impl #name {
            /// Returns what the command changes, as a verb; `None` if it only reads.
            pub(crate) fn mutation_verb(&self) -> Option<&'static str> {
                match self { #(Self::#variants(Deferred(command)) => command.mutation_verb(),)* }
            }

            /// Runs the command and prints its result.
            pub(crate) async fn run(
                self,
                clients: &ClientFactory,
                output: &mut Output<Stdout>,
            ) -> Result<(), CliError> {
                let client = clients.#client().await?;
                match self { #(Self::#variants(Deferred(command)) => command.run(&client, output).await,)* }
            }
        }
    }
}

impl Group<'_> {
    /// Returns the object of a command as a format string.
    fn object(&self, id: Option<&Ident>) -> String {
        let escape = |name: &str| {
            names::in_sentence(name)
                .replace('{', "{{")
                .replace('}', "}}")
        };
        match id {
            Some(id) => format!("{} {{{id}}}", escape(&names::singular(&self.tag.name))),
            None => escape(&self.tag.name),
        }
    }

    /// Returns the variant of the noun in the enum of the words before it.
    fn as_subcommand(&self) -> TokenStream {
        let (variant, command) = (self.variant(), self.command());
        let about = without_stop(self.tag.description.plain());
        let aliases: Vec<_> = self.aliases().map(|it| it.replace('_', "-")).collect();
        let aliases = match aliases.as_slice() {
            [] => quote!(),
            [alias] => quote!(, visible_alias = #alias),
            aliases => quote!(, visible_aliases = [#(#aliases),*]),
        };
        quote!(#[command(subcommand, about = #about #aliases)] #variant(Deferred<#command>),)
    }

    fn declaration(&self, groups: &[Group<'_>]) -> TokenStream {
        let tag = Markdown::escaped(&names::in_sentence(&self.tag.name));
        let about = Markdown::own("The commands on").and(tag.joined(Markdown::own(".")));
        let (docs, name) = (doc_of(&about), self.command());
        let variants = self.operations.iter().map(|it| self.subcommand(it));
        let own = self.tag.commands.iter().map(|it| self.own_subcommand(it));
        let nested = below(groups, &self.noun).map(Group::as_subcommand);
        quote! {
            #docs
            #[allow(clippy::large_enum_variant, reason = "a process parses one command")]
            #[derive(Debug, Subcommand)]
            pub(crate) enum #name { #(#variants)* #(#own)* #(#nested)* }
        }
    }

    fn own_subcommand(&self, command: &OwnCommand) -> TokenStream {
        let (module, variant) = (ident(&self.module()), own_variant(command));
        let about = about(command.summary.plain());
        quote!(#[command(about = #about)] #variant(commands::#module::#variant),)
    }

    fn subcommand(&self, operation: &Operation) -> TokenStream {
        let method = self.method(operation);
        let variant = ident(&names::pascal(&method));
        let alias = alias(&method).map(|it| quote!(, visible_alias = #it));
        let about = about(operation.summary.plain());
        let fields = match self.is_plain(operation) {
            true => self.fields(operation),
            false => {
                let module = ident(&self.module());
                quote!((commands::#module::#variant))
            }
        };
        quote! {
            #[command(about = #about #alias)]
            #variant #fields,
        }
    }

    /// Returns the arguments of a plain command.
    fn fields(&self, operation: &Operation) -> TokenStream {
        let ids = positionals(operation).map(|(name, parameter)| {
            let is_own = name == "id" && method_name(operation) != "list";
            let help = self.id_help(parameter, is_own);
            let is_last = positionals(operation)
                .last()
                .is_some_and(|(it, _)| it == name);
            let kind = match parameter.kind.reference() {
                Some(reference) => model(reference),
                None => quote!(String),
            };
            // Ids may be negative numbers.
            match is_delete(operation) && is_last {
                true => quote! {
                    #[arg(help = #help, required = true, allow_negative_numbers = true)]
                    #name: Vec<#kind>,
                },
                false => quote!(#[arg(help = #help, allow_negative_numbers = true)] #name: #kind,),
            }
        });
        let options = options(operation).map(|(name, parameter)| {
            let kind = query_value(parameter);
            let help = option_help(parameter);
            match parameter.kind {
                Kind::Boolean => quote! {
                    #[arg(
                        long,
                        value_name = "BOOLEAN",
                        num_args = 0..=1,
                        require_equals = true,
                        default_missing_value = "true",
                        help = #help
                    )]
                    #name: Option<bool>,
                },
                Kind::Integer(_) => quote! {
                    #[arg(long, value_name = "N", allow_negative_numbers = true, help = #help)]
                    #name: Option<#kind>,
                },
                _ => self.text_option(&name, parameter, &help),
            }
        });
        let paging = is_list(operation).then(|| quote!(#[command(flatten)] paging: Paging,));
        let confirmation =
            is_delete(operation).then(|| quote!(#[command(flatten)] confirmation: Confirmation,));
        let fields = quote!(#(#ids)* #(#options)* #paging #confirmation);
        match fields.is_empty() {
            true => fields,
            false => quote!({ #fields }),
        }
    }

    /// Returns the option of a parameter with texts, ids or words.
    fn text_option(&self, name: &Ident, parameter: &Parameter, help: &str) -> TokenStream {
        let kind = query_value(parameter);
        let words = one_value(parameter).reference();
        let words = words.and_then(|it| self.api.schema(&it.name));
        let (value_name, help) = match words.map(|it| &it.shape) {
            Some(Shape::Enum(words)) => ("WORD", with_words(help, words)),
            _ => ("TEXT", help.to_owned()),
        };
        let kind = match parameter.kind {
            Kind::List(_) => quote!(Vec<#kind>),
            _ => quote!(Option<#kind>),
        };
        quote!(#[arg(long, value_name = #value_name, help = #help)] #name: #kind,)
    }

    /// Returns the help of an id: `ID of the gateway, as shown by ...`.
    fn id_help(&self, parameter: &Parameter, is_own: bool) -> String {
        let text = parameter.description.plain();
        let text = text.split([',', ';', '.']).next().unwrap_or_default();
        let text = match (text.strip_prefix("The id "), text.strip_prefix("The name ")) {
            (Some(rest), _) => format!("ID {rest}"),
            (_, Some(rest)) => format!("Name {rest}"),
            (None, None) => text.to_owned(),
        };
        match is_own && self.operations.iter().any(|it| method_name(it) == "list") {
            true => text + ", as shown by `list`",
            false => text,
        }
    }

    fn run(&self, groups: &[Group<'_>]) -> TokenStream {
        let (name, accessor) = (self.command(), ident(&self.resource.module()));
        let variant = |it: &Operation| ident(&names::pascal(&self.method(it)));
        let (reads, changes): (Vec<_>, Vec<_>) =
            (self.operations.iter().copied()).partition(|it: &&Operation| it.is_safe());
        let own: Vec<_> = self.tag.commands.iter().map(own_variant).collect();
        let nested: Vec<_> = below(groups, &self.noun).map(Group::variant).collect();
        let (changing, reading): (Vec<_>, Vec<_>) =
            (self.tag.commands.iter()).partition(|command| command.changes);
        let changing = changing.into_iter().map(own_variant);
        let reading = reading.into_iter().map(own_variant);
        let reads: Vec<_> = reads.into_iter().map(variant).chain(reading).collect();
        let reads = (!reads.is_empty()).then(|| quote!(#(Self::#reads { .. })|* => None,));
        let changes = changes.into_iter().map(|operation| {
            let (variant, verb) = (variant(operation), self.method(operation).replace('_', " "));
            quote!(Self::#variant { .. } => Some(#verb),)
        });
        let arms = self.operations.iter().map(|it| self.arm(it));
        let has_plain = self.operations.iter().any(|it| self.is_plain(it));
        let operations = has_plain.then(|| quote!(let operations = client.#accessor();));
        quote! {
            impl #name {
                /// Returns what the command changes, as a verb; `None` if it only reads.
                pub(crate) fn mutation_verb(&self) -> Option<&'static str> {
                    match self {
                        #reads
                        #(#changes)*
                        #(Self::#changing(command) => command.mutation_verb(),)*
                        #(Self::#nested(Deferred(command)) => command.mutation_verb(),)*
                    }
                }

                /// Runs the command and prints its result.
                pub(crate) async fn run(
                    self,
                    client: &Client,
                    output: &mut Output<Stdout>,
                ) -> Result<(), CliError> {
                    #operations
                    match self {
                        #(#arms)*
                        #(Self::#own(command) => command.run(client, output).await,)*
                        #(Self::#nested(Deferred(command)) => command.run(client, output).await,)*
                    }
                }
            }
        }
    }

    /// Returns the arm that calls an operation and prints its result.
    fn arm(&self, operation: &Operation) -> TokenStream {
        let method = self.method(operation);
        let variant = ident(&names::pascal(&method));
        if !self.is_plain(operation) {
            return quote!(Self::#variant(command) => command.run(client, output).await,);
        }
        let ids: Vec<_> = positionals(operation).map(|(name, _)| name).collect();
        let options: Vec<_> = options(operation).map(|(name, _)| name).collect();
        let paging = is_list(operation).then(|| ident("paging"));
        let confirmation = is_delete(operation).then(|| ident("confirmation"));
        let fields = ids.iter().chain(&options).chain(&paging);
        let fields: Vec<_> = fields.chain(&confirmation).collect();
        let pattern = (!fields.is_empty()).then(|| quote!({ #(#fields),* }));
        let function = ident(&method);
        let body = if is_list(operation) {
            list_body(operation, &function, &ids, !options.is_empty())
        } else if is_delete(operation) && !ids.is_empty() {
            self.deletions_body(operation, &function, &ids)
        } else {
            self.call_body(operation, &function, &ids, !options.is_empty())
        };
        quote!(Self::#variant #pattern => { #body })
    }

    /// Returns the body of the arm of an operation that deletes what its last id names, of which there may be several.
    fn deletions_body(
        &self,
        operation: &Operation,
        function: &Ident,
        ids: &[Ident],
    ) -> TokenStream {
        let Some((last, parents)) = ids.split_last() else {
            return TokenStream::new();
        };
        let plural = names::in_sentence(&self.tag.name);
        let singular = names::in_sentence(&names::singular(&self.tag.name));
        let kind = positionals(operation).last();
        let kind = kind.and_then(|(_, parameter)| parameter.kind.reference().map(model));
        let kind = kind.unwrap_or_else(|| quote!(String));
        let options: Vec<_> = options(operation).map(|(name, _)| name).collect();
        let call = quote!(operations.#function(#(&#parents,)* #last));
        let send = match options.is_empty() {
            true => quote!(#call.send().await),
            false => {
                let set = set_options(
                    operation,
                    |set| quote!(request = request.query(|query| query.#set);),
                );
                quote! {
                    #(let #options = #options.clone();)*
                    let mut request = #call;
                    #set
                    request.send().await
                }
            }
        };
        quote! {
            let deletions = Deletions::new(#singular, #plural, #last);
            deletions
                .run(confirmation, output, async |#last: &#kind| { #send })
                .await
        }
    }

    /// Returns the body of the arm of an operation that is not a list.
    fn call_body(
        &self,
        operation: &Operation,
        function: &Ident,
        ids: &[Ident],
        has_options: bool,
    ) -> TokenStream {
        let query = has_options.then(|| {
            let set = set_options(
                operation,
                |set| quote!(request = request.query(|query| query.#set);),
            );
            quote!(let mut request = operations.#function(#(&#ids),*); #set)
        });
        let call = match has_options {
            true => quote!(request.send().await?),
            false => quote!(operations.#function(#(&#ids),*).send().await?),
        };
        let object = self.object(ids.last());
        let id = match ids.last() {
            Some(id) => quote!(&#id),
            None => quote!(#object),
        };
        let print = if is_delete(operation) {
            let question = format!("Delete {object}?");
            quote! {
                confirmation.ask(format_args!(#question), output).await?;
                let deleted = #call;
                report::print_deleted(format_args!(#object), #id, deleted, output)
            }
        } else if operation.response.is_none() {
            let verb = self.method(operation).replace('_', " ");
            let line = format!("{verb} {object}: done");
            quote!(#call; report::print_done(format_args!(#line), #id, "done", output))
        } else if let Some(rows) = self.rows(operation) {
            let field = ident(&rows.rust);
            let items = match rows.is_required {
                true => quote!(response.#field),
                false => quote!(response.#field.unwrap_or_default()),
            };
            quote!(let response = #call; list::write_items(#items, output))
        } else {
            quote!(Ok(output.item(#call)?))
        };
        quote!(#query #print)
    }
}

/// Returns the body of the arm of a list.
fn list_body(
    operation: &Operation,
    function: &Ident,
    ids: &[Ident],
    has_options: bool,
) -> TokenStream {
    let mutable = has_options.then(|| quote!(mut));
    let set = set_options(
        operation,
        |set| quote!(list = list.query(|query| query.#set);),
    );
    quote! {
        let #mutable list = operations.#function(#(&#ids),*);
        #set
        let limit = paging.limit;
        list::write_pages(paging.apply(list).pages(), limit, output).await
    }
}

fn own_variant(command: &OwnCommand) -> Ident {
    ident(&names::pascal(&command.name))
}

/// Returns code that sets each query parameter that was given.
fn set_options(operation: &Operation, set: impl Fn(TokenStream) -> TokenStream) -> TokenStream {
    let options = options(operation).map(|(name, parameter)| {
        let setter = ident(&rust_name(parameter));
        match parameter.kind {
            Kind::List(_) => {
                let set = set(quote!(#setter(value)));
                quote!(for value in #name { #set })
            }
            _ => {
                let set = set(quote!(#setter(#name)));
                quote!(if let Some(#name) = #name { #set })
            }
        }
    });
    quote!(#(#options)*)
}

/// Returns the help of an option. One that says what a list does is a request, as the help of a command is.
fn option_help(parameter: &Parameter) -> String {
    let text = without_stop(parameter.description.plain());
    match text.strip_prefix("Lists ") {
        Some(rest) => format!("List {rest}"),
        None => text.to_owned(),
    }
}

/// Appends the known words of an enum to the help of an option, in clap's form for possible values. Others are allowed.
fn with_words(help: &str, words: &[Word]) -> String {
    let words: Vec<_> = words.iter().map(|it| it.word.as_str()).collect();
    format!("{help} [known words: {}]", words.join(", "))
}

/// Returns a text without the period at its end, as the help of clap is written.
fn without_stop(text: &str) -> &str {
    text.strip_suffix('.').unwrap_or(text)
}
