//! Writes the commands of the command line: one enum for each tag, one variant for each of its operations.
//!
//! A command is plain if its operation takes only path and query parameters, and its result can be printed without a secret. Where a description says that a command is written by hand, the enum names the struct of its arguments in
//! `crates/cli/src/commands`. Other operations have no command, and a test of the command line names them.

mod record;

use std::collections::BTreeSet;

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{format_ident, quote};

use super::client::{Resource, argument_name, is_delete, is_list, method_name, path_arguments};
use super::client_query::{own_query, query_name, query_value, rust_name};
use super::field_type::ident;
use super::ir::{Api, Kind, Method, Operation, Parameter, Tag};
use super::markdown::Markdown;
use super::names;
use super::rust::{self, Item, doc_of};

/// Returns the file of a vendor's commands.
pub(crate) fn file(api: &Api) -> Result<String, String> {
    let secrets = record::with_secrets(api);
    let groups = api.tags.iter().map(|tag| Group::new(api, tag, &secrets));
    let mut groups: Vec<_> = groups.filter(|it| !it.operations.is_empty()).collect();
    groups.sort_by_key(Group::module);
    let mut items = vec![declaration(api, &groups), implementation(api, &groups)];
    items.extend(groups.iter().flat_map(|it| [it.declaration(), it.run()]));
    items.extend(record::items(api, &groups));
    items.insert(0, imports(api, &groups, &items));
    let items: Vec<_> = items.into_iter().map(Item::Plain).collect();
    let about = Markdown::own("The commands of").and(api.title.sentence());
    rust::file(&api.file, &about, &items)
}

fn vendor(api: &Api) -> Ident {
    ident(&names::pascal(&api.vendor))
}

/// Returns the imports that the items use.
fn imports(api: &Api, groups: &[Group<'_>], items: &[TokenStream]) -> TokenStream {
    let mut used = BTreeSet::new();
    for item in items {
        identifiers(item.clone(), &mut used);
    }
    let vendor = ident(&api.vendor);
    let by_hand = groups.iter().filter(|group| {
        let mut operations = group.operations.iter();
        operations.any(|it| !group.is_plain(it))
    });
    let by_hand: Vec<_> = by_hand.map(|group| ident(&group.module())).collect();
    let by_hand =
        (!by_hand.is_empty()).then(|| quote!(use crate::commands::#vendor::{#(#by_hand),*};));
    let imports = [
        ("commands::report", &["report_deleted"][..]),
        ("error::error", &["CliError"]),
        (
            "options::operation_help",
            &["operation_help", "secret_help"],
        ),
        ("options::paging", &["Paging"]),
        ("output::columns", &["labels", "text", "time"]),
        ("output", &["columns"]),
        ("output::list", &["write_pages"]),
        ("output::output", &["Output"]),
        ("output::record", &["Column", "Record"]),
        ("output::stdout", &["Stdout"]),
        ("terminal", &["eprint_line"]),
    ];
    let imports = imports.iter().filter_map(|(module, names)| {
        let names = names.iter().filter(|it| used.contains(**it));
        let names: Vec<_> = names.map(|it| ident(it)).collect();
        let module = module.split("::").map(ident);
        (!names.is_empty()).then(|| quote!(use crate::#(#module)::*::{#(#names),*};))
    });
    let models = used.contains("models").then(|| quote!(self as models,));
    let client = format_ident!("{}_client", api.vendor);
    quote! {
        use clap::Subcommand;
        use #client::Client;
        use gatelet_models::#vendor::{#models operations as api};
        use crate::client::factory::ClientFactory;
        #by_hand
        #(#imports)*
    }
}

/// Collects the identifiers in some code.
fn identifiers(tokens: TokenStream, found: &mut BTreeSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => drop(found.insert(ident.to_string())),
            TokenTree::Group(group) => identifiers(group.stream(), found),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

/// Returns the enum of all commands of a vendor.
fn declaration(api: &Api, groups: &[Group<'_>]) -> TokenStream {
    let name = vendor(api);
    let variants = groups.iter().map(|group| {
        let (variant, command) = (group.variant(), group.command());
        let about = without_stop(group.tag.description.plain());
        let plural = group.resource.module().replace('_', "-");
        let alias =
            (plural != group.module().replace('_', "-")).then(|| quote!(, visible_alias = #plural));
        quote!(#[command(subcommand, about = #about #alias)] #variant(#command),)
    });
    let docs = doc_of(&Markdown::own("The commands of").and(api.title.sentence()));
    quote! {
        #docs
        #[derive(Debug, Subcommand)]
        pub(crate) enum #name { #(#variants)* }
    }
}

fn implementation(api: &Api, groups: &[Group<'_>]) -> TokenStream {
    let name = vendor(api);
    let variants: Vec<_> = groups.iter().map(Group::variant).collect();
    let client = ident(&api.vendor);
    quote! {
        impl #name {
            /// Returns what the command changes, as a verb; `None` if it only reads.
            pub(crate) fn mutation_verb(&self) -> Option<&'static str> {
                match self { #(Self::#variants(command) => command.mutation_verb(),)* }
            }

            /// Runs the command and prints its result.
            pub(crate) async fn run(
                self,
                clients: &ClientFactory,
                output: &mut Output<Stdout>,
            ) -> Result<(), CliError> {
                let client = clients.#client().await?;
                match self { #(Self::#variants(command) => command.run(&client, output).await,)* }
            }
        }
    }
}

/// The commands of one tag.
struct Group<'a> {
    api: &'a Api,
    tag: &'a Tag,
    /// The models with secrets.
    secrets: &'a BTreeSet<&'a str>,
    resource: Resource<'a>,
    /// The operations with a command; not the token exchange, which a client makes by itself.
    operations: Vec<&'a Operation>,
}

impl<'a> Group<'a> {
    fn new(api: &'a Api, tag: &'a Tag, secrets: &'a BTreeSet<&'a str>) -> Self {
        let operations = api.operations.iter();
        let operations = operations.filter(|it| it.tag == tag.name && it.authenticated);
        let mut group = Self {
            api,
            tag,
            secrets,
            resource: Resource::new(api, tag),
            operations: operations.collect(),
        };
        let mut operations = std::mem::take(&mut group.operations);
        operations.retain(|it| group.is_plain(it) || it.by_hand.command.is_some());
        group.operations = operations;
        group
    }

    /// Returns the module of the commands that are written by hand.
    fn module(&self) -> String {
        names::snake(&names::singular(&self.tag.name))
    }

    fn variant(&self) -> Ident {
        ident(&names::pascal(&names::singular(&self.tag.name)))
    }

    fn command(&self) -> Ident {
        format_ident!("{}Command", self.variant())
    }

    /// Returns the object of a command as a format string.
    fn object(&self, has_id: bool) -> String {
        let escape = |name: &str| {
            names::in_sentence(name)
                .replace('{', "{{")
                .replace('}', "}}")
        };
        match has_id {
            true => escape(&names::singular(&self.tag.name)) + " {id}",
            false => escape(&self.tag.name),
        }
    }

    fn method(&self, operation: &Operation) -> String {
        method_name(operation)
    }

    fn is_plain(&self, operation: &Operation) -> bool {
        let by_hand = &operation.by_hand;
        let is_call = by_hand.method.is_none() && by_hand.command.is_none();
        is_call
            && operation.request.is_none()
            && (operation.response.is_none() || self.record(operation).is_some())
    }

    fn declaration(&self) -> TokenStream {
        let tag = Markdown::escaped(&names::in_sentence(&self.tag.name));
        let about = Markdown::own("The commands on").and(tag.joined(Markdown::own(".")));
        let (docs, name) = (doc_of(&about), self.command());
        let variants = self.operations.iter().map(|it| self.subcommand(it));
        quote! {
            #docs
            #[derive(Debug, Subcommand)]
            pub(crate) enum #name { #(#variants)* }
        }
    }

    fn subcommand(&self, operation: &Operation) -> TokenStream {
        let method = self.method(operation);
        let (variant, constant) = (
            ident(&names::pascal(&method)),
            ident(&names::screaming(&operation.id)),
        );
        let alias = match method.as_str() {
            "list" => Some("ls"),
            "delete" => Some("rm"),
            _ => None,
        };
        let alias = alias.map(|it| quote!(, visible_alias = #it));
        let response = operation.response.as_ref();
        let response = response.and_then(|it| self.api.schema(&it.name));
        let help = match response.is_some_and(|it| it.shown_once().is_some()) {
            true => ident("secret_help"),
            false => ident("operation_help"),
        };
        let fields = match self.is_plain(operation) {
            true => self.fields(operation),
            false => {
                let module = ident(&self.module());
                quote!((#module::#variant))
            }
        };
        quote! {
            #[command(about = api::#constant.summary, after_help = #help(&api::#constant) #alias)]
            #variant #fields,
        }
    }

    /// Returns the arguments of a plain command.
    fn fields(&self, operation: &Operation) -> TokenStream {
        let ids = path_arguments(operation).map(|parameter| {
            let name = argument_name(operation, parameter);
            let help = self.id_help(parameter, name == "id");
            let kind = match parameter.kind.reference() {
                Some(reference) => {
                    let name = ident(&reference.name);
                    quote!(models::#name)
                }
                None => quote!(String),
            };
            quote!(#[arg(help = #help)] #name: #kind,)
        });
        let options = own_query(operation).map(|parameter| {
            let (name, kind) = (ident(&rust_name(parameter)), query_value(parameter));
            let help = without_stop(parameter.description.plain());
            match parameter.kind {
                Kind::Boolean => quote!(#[arg(long, help = #help)] #name: bool,),
                Kind::Integer(_) => quote! {
                    #[arg(long, value_name = "N", allow_negative_numbers = true, help = #help)]
                    #name: Option<#kind>,
                },
                _ => quote!(#[arg(long, value_name = "TEXT", help = #help)] #name: Option<#kind>,),
            }
        });
        let paging = is_list(operation).then(|| quote!(#[command(flatten)] paging: Paging,));
        let fields = quote!(#(#ids)* #(#options)* #paging);
        match fields.is_empty() {
            true => fields,
            false => quote!({ #fields }),
        }
    }

    /// Returns the help of an id: `ID of the gateway, as shown by ...`.
    fn id_help(&self, parameter: &Parameter, is_own: bool) -> String {
        let text = parameter.description.plain();
        let text = text.split([',', ';', '.']).next().unwrap_or_default();
        let text = match text.strip_prefix("The id ") {
            Some(rest) => format!("ID {rest}"),
            None => text.to_owned(),
        };
        match is_own && self.operations.iter().any(|it| is_list(it)) {
            true => text + ", as shown by `list`",
            false => text,
        }
    }

    fn run(&self) -> TokenStream {
        let (name, accessor) = (self.command(), ident(&self.resource.module()));
        let variant = |it: &Operation| ident(&names::pascal(&self.method(it)));
        let (reads, changes): (Vec<_>, Vec<_>) =
            (self.operations.iter().copied()).partition(|it: &&Operation| it.method == Method::Get);
        let reads: Vec<_> = reads.into_iter().map(variant).collect();
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
                    match self { #reads #(#changes)* }
                }

                /// Runs the command and prints its result.
                pub(crate) async fn run(
                    self,
                    client: &Client,
                    output: &mut Output<Stdout>,
                ) -> Result<(), CliError> {
                    #operations
                    match self { #(#arms)* }
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
        let ids: Vec<_> = path_arguments(operation)
            .map(|it| argument_name(operation, it))
            .collect();
        let options: Vec<_> = own_query(operation)
            .map(|it| ident(&rust_name(it)))
            .collect();
        let paging = is_list(operation).then(|| ident("paging"));
        let fields: Vec<_> = ids.iter().chain(&options).chain(&paging).collect();
        let pattern = (!fields.is_empty()).then(|| quote!({ #(#fields),* }));
        let function = ident(&method);
        let body = if is_list(operation) {
            let mutable = (!options.is_empty()).then(|| quote!(mut));
            let set = set_options(
                operation,
                |set| quote!(list = list.query(|query| query.#set);),
            );
            quote! {
                let #mutable list = operations.#function(#(&#ids),*);
                #set
                let limit = paging.limit;
                write_pages(paging.apply(list).pages(), limit, output).await
            }
        } else {
            let client = format_ident!("{}_client", self.api.vendor);
            let query = (!options.is_empty()).then(|| {
                let (name, set) = (
                    query_name(operation),
                    set_options(operation, |set| quote!(query = query.#set;)),
                );
                quote!(let mut query = #client::#name::default(); #set)
            });
            let argument = query.is_some().then(|| ident("query"));
            let arguments = ids.iter().map(|it| quote!(&#it));
            let arguments = arguments.chain(argument.map(|it| quote!(#it)));
            let call = quote!(operations.#function(#(#arguments),*).send().await?);
            let object = self.object(!ids.is_empty());
            let print = if is_delete(operation) {
                quote! {
                    let deleted = #call;
                    report_deleted(format_args!(#object), deleted);
                    Ok(())
                }
            } else if operation.response.is_none() {
                let line = format!("{} {object}: done", method.replace('_', " "));
                quote!(#call; eprint_line(&format!(#line)); Ok(()))
            } else {
                quote!(Ok(output.item(#call)?))
            };
            quote!(#query #print)
        };
        quote!(Self::#variant #pattern => { #body })
    }
}

/// Returns code that sets each query parameter that was given.
fn set_options(operation: &Operation, set: impl Fn(TokenStream) -> TokenStream) -> TokenStream {
    let options = own_query(operation).map(|parameter| {
        let name = ident(&rust_name(parameter));
        match parameter.kind {
            Kind::Boolean => {
                let set = set(quote!(#name(true)));
                quote!(if #name { #set })
            }
            _ => {
                let set = set(quote!(#name(#name)));
                quote!(if let Some(#name) = #name { #set })
            }
        }
    });
    quote!(#(#options)*)
}

/// Returns a text without the period at its end, as the help of clap is written.
fn without_stop(text: &str) -> &str {
    text.strip_suffix('.').unwrap_or(text)
}
