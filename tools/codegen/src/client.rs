//! Writes the clients' calls: one type for each tag, one method for each of its operations.

use std::collections::BTreeMap;

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::client_query::{list_paging, one_value, own_query, query_name, query_type, rust_name};
use super::client_result;
use super::client_result::is_delete;
use super::client_route;
use super::client_route::Target;
use super::field_type::{ident, model, qualified_type};
use super::ir::{Api, Integer, Kind, Method, Operation, Paging, PagingStyle, Parameter, Tag};
use super::markdown::Markdown;
use super::names;
use super::rust::{self, Item, doc_of};
use super::source::source;

/// Returns the files of a client, its `mod.rs` included, by name.
pub(crate) fn files(api: &Api) -> Result<BTreeMap<String, String>, String> {
    let mut files = BTreeMap::new();
    let mut resources = Vec::new();
    for tag in &api.document.tags {
        let resource = Resource::new(api, tag);
        if resource.operations.is_empty() {
            continue;
        }
        files.insert(format!("{}.rs", resource.module()), resource.file()?);
        resources.push(resource);
    }
    files.insert("mod.rs".into(), root(api, &resources)?);
    Ok(files)
}

/// A tag and its operations with a method.
pub(crate) struct Resource<'a> {
    pub(crate) api: &'a Api,
    tag: &'a Tag,
    operations: Vec<&'a Operation>,
}

fn root(api: &Api, resources: &[Resource<'_>]) -> Result<String, String> {
    let modules = resources.iter().map(|it| ident(&it.module()));
    let exports = resources.iter().map(|resource| {
        let (module, mut types) = (ident(&resource.module()), vec![resource.name()]);
        types.extend(resource.queries().map(query_name));
        types.sort();
        quote!(pub use self::#module::{#(#types),*};)
    });
    let items = [
        Item::Plain(quote!(#(pub(crate) mod #modules;)*)),
        Item::Plain(quote!(#(#exports)*)),
    ];
    let about = Markdown::own("The calls of").and(api.document.title.sentence());
    rust::file(&api.files(), &about, &items)
}

impl<'a> Resource<'a> {
    pub(crate) fn new(api: &'a Api, tag: &'a Tag) -> Self {
        let operations = api.own_operations();
        let operations = operations.filter(|it| it.tag == tag.name && it.by_hand.method.is_none());
        Self {
            api,
            tag,
            operations: operations.collect(),
        }
    }

    pub(crate) fn module(&self) -> String {
        names::snake(&self.tag.name)
    }

    fn name(&self) -> Ident {
        ident(&names::pascal(&self.tag.name))
    }

    /// Returns the tag's name for the end of a sentence.
    fn subject(&self) -> Markdown {
        Markdown::escaped(&names::in_sentence(&self.tag.name)).joined(Markdown::own("."))
    }

    /// Returns the operations with a query type.
    fn queries(&self) -> impl Iterator<Item = &'a Operation> {
        let operations = self.operations.iter().copied();
        operations.filter(|it| own_query(it).next().is_some())
    }

    fn file(&self) -> Result<String, String> {
        let mut items = vec![
            Item::Plain(self.imports()),
            Item::Plain(self.accessor()),
            Item::Plain(self.declaration()),
            Item::Plain(self.methods()),
        ];
        items.extend(self.queries().flat_map(query_type).map(Item::Plain));
        let about = Markdown::escaped(&self.tag.name)
            .joined(Markdown::own("."))
            .paragraph(self.tag.description.sentence());
        rust::file(&self.api.files(), &about, &items)
    }

    fn imports(&self) -> TokenStream {
        let any = |test: fn(&Operation) -> bool| self.operations.iter().any(|it| test(it));
        let (has_list, has_call) = (any(is_list), any(|it| !is_list(it)));
        let has_query = self.queries().next().is_some();
        let (has_query_call, has_plain_call) = (
            any(is_query_call),
            any(|it| !is_list(it) && !is_query_call(it)),
        );
        let from_client = rust::used(&[
            (has_query, quote!(ListQuery)),
            (has_list, quote!(ListRequest)),
            (has_call, quote!(OperationCall)),
            (has_list, quote!(PageBody)),
            (has_query, quote!(Query)),
            (has_query_call, quote!(QueryRequest)),
        ]);
        let from_transport = rust::used(&[
            (any(client_result::decodes_by_name), quote!(ApiResponse)),
            (!client_route::has_routes(self.api), quote!(Channel)),
            (any(is_delete), quote!(Deleted)),
            (has_plain_call, quote!(OperationRequest)),
        ]);
        let vendor = ident(&self.api.vendor);
        let by_hand = |is_used: bool, module: &str| {
            let module = ident(module);
            is_used.then(|| quote!(use crate::#module;))
        };
        let check = by_hand(any(has_check_function), "check");
        let decode = by_hand(any(|it| it.by_hand.decode.is_some()), "decode");
        quote! {
            use gatelet_client::{#(#from_client),*};
            use gatelet_models::#vendor as models;
            use gatelet_transport::{#(#from_transport),*};
            #check
            use crate::client::Client;
            #decode
        }
    }

    fn accessor(&self) -> TokenStream {
        let (method, name) = (ident(&self.module()), self.name());
        let docs = doc_of(&Markdown::own("Returns the operations on").and(self.subject()));
        let owner = match client_route::has_routes(self.api) {
            true => quote!(self),
            false => quote!(self.channel()),
        };
        quote! {
            impl Client {
                #docs
                #[must_use]
                pub fn #method(&self) -> #name {
                    #name::new(#owner)
                }
            }
        }
    }

    fn declaration(&self) -> TokenStream {
        let name = self.name();
        let text = Markdown::own("Operations on").and(self.subject());
        let docs = doc_of(&text.paragraph(self.tag.description.sentence()));
        let (field, kind) = client_route::owner(self.api);
        quote! {
            #docs
            #[derive(Clone, Debug)]
            pub struct #name {
                pub(crate) #field: #kind,
            }
        }
    }

    fn methods(&self) -> TokenStream {
        let name = self.name();
        let methods = self
            .operations
            .iter()
            .map(|operation| match list_paging(operation) {
                Some(paging) => self.list(operation, paging),
                None => self.call(operation),
            });
        let (field, kind) = client_route::owner(self.api);
        quote! {
            impl #name {
                pub(crate) fn new(#field: &#kind) -> Self {
                    Self { #field: #field.clone() }
                }

                #(#methods)*
            }
        }
    }

    /// Returns the type of the items of a page.
    pub(crate) fn element(&self, operation: &Operation) -> Option<&'a Kind> {
        list_paging(operation)?;
        let page = self.api.schema(&operation.response.as_ref()?.name)?;
        let mut lists = page.fields().iter().filter_map(|field| match &field.kind {
            Kind::List(element) => Some(&**element),
            _ => None,
        });
        lists.next()
    }

    fn list(&self, operation: &Operation, paging: &Paging) -> TokenStream {
        let docs = self.docs(operation);
        let method = ident(&method_name(operation));
        let Target {
            choice,
            channel,
            operation: entry,
        } = client_route::target(self.api, operation);
        let (arguments, values) = (path_parameters(operation), self.path_values(operation));
        let query = own_query(operation).next().is_some();
        let query = query.then(|| {
            let name = query_name(operation);
            quote!(, #name)
        });
        let page = operation
            .response
            .as_ref()
            .and_then(|it| self.api.schema(&it.name));
        let fields = page.map(|page| page.fields()).unwrap_or_default();
        let member = |name: &str| fields.iter().find(|field| field.name == name);
        let list = fields.iter().find(|it| matches!(it.kind, Kind::List(_)));
        let (list_name, list) = list
            .map(|field| (field.name.as_str(), ident(&field.rust)))
            .unwrap_or_else(|| ("", ident("list")));
        let set = |setter: &str, field: Option<&super::ir::Field>| {
            let (setter, field) = (ident(setter), ident(&field?.rust));
            Some(quote!(.#setter(page.#field)))
        };
        let is_cursor = paging.style == PagingStyle::Cursor;
        let cursor = set(
            "with_cursor",
            member(paging.next_member()).filter(|_| is_cursor),
        );
        let total = paging.total_count.as_deref().and_then(member).map(|field| {
            let name = ident(&field.rust);
            let is_narrow = matches!(field.kind, Kind::Integer(Integer::Count32));
            let widen = is_narrow.then(|| quote!(.map(u64::from)));
            quote!(.with_total_count(page.#name #widen))
        });
        let size = set("with_page_size", member(&paging.page_size));
        let element = self.element(operation).map(qualified_type);
        let page = operation.response.as_ref().map(model);
        quote! {
            #docs
            pub fn #method(&self #(, #arguments)*) -> ListRequest<#element #query> {
                #choice
                ListRequest::new(
                    #channel,
                    #entry,
                    &[#(#values),*],
                    |page: #page| PageBody::new(#list_name, page.#list) #cursor #total #size,
                )
            }
        }
    }

    fn call(&self, operation: &Operation) -> TokenStream {
        let docs = self.docs(operation);
        let method = ident(&method_name(operation));
        let target = client_route::target(self.api, operation);
        let (mut arguments, values) = (path_parameters(operation), self.path_values(operation));
        if let Some(request) = &operation.request {
            let body = model(request);
            let mutable = operation.by_hand.check.is_some().then(|| quote!(mut));
            arguments.push(quote!(#mutable body: #body));
        }
        // A check may change the body, so it comes before the body is written.
        let (statement, check) = has_check_function(operation)
            .then(|| {
                let call = check_call(operation, &target);
                (quote!(let checked = #call;), quote!(.check(checked)))
            })
            .unzip();
        let other_body = client_route::other_body(self.api, operation);
        let json = operation.request.is_some() && other_body.is_none();
        let json = json.then(|| quote!(.json(&body)));
        let resource = path_arguments(operation).last().map(|parameter| {
            let value = argument_value(operation, parameter);
            quote!(.resource(#value))
        });
        let Target {
            choice,
            channel,
            operation: entry,
        } = &target;
        let call = quote! {
            OperationCall::new(#entry, &[#(#values),*])
                #check
                #json
                #resource
        };
        let (prepare, call) = match other_body {
            None => (None, call),
            Some(other) => (Some(body_of_route(&call, &other)), quote!(call)),
        };
        let (returned, request) = request(self.api, operation, channel, &call);
        quote! {
            #docs
            pub fn #method(&self #(, #arguments)*) -> #returned {
                #choice
                #statement
                #prepare
                #request
            }
        }
    }

    fn path_values(&self, operation: &Operation) -> Vec<TokenStream> {
        let channel = client_route::channel(self.api);
        let values = path(operation).map(|parameter| match parameter.is_account {
            true if client_route::has_routes(self.api) => quote!(#channel.account()),
            true => quote!(self.channel.account()),
            false => argument_value(operation, parameter),
        });
        values.collect()
    }

    /// Returns the docs of a method: description, handwritten parts, permissions, errors, source and an example.
    fn docs(&self, operation: &Operation) -> TokenStream {
        let mut text = operation.summary.sentence();
        text = text.paragraph(operation.description.sentence());
        if let Some(paging) = list_paging(operation) {
            let size = operation.query().find(|it| it.name == paging.page_size);
            if let Some(size) = size {
                let sentence = Markdown::own("Page size:").and(size.description.markdown());
                text = text.paragraph(sentence);
            }
        }
        if let Some(deprecated) = &operation.deprecated {
            text = text.paragraph(Markdown::own("Deprecated").and(deprecated.sentence()));
        }
        let by_hand = [&operation.by_hand.check, &operation.by_hand.decode];
        for note in by_hand.into_iter().flatten() {
            text = text.paragraph(note.sentence());
        }
        if let Some(sentence) = client_result::identity_sentence(operation) {
            text = text.paragraph(sentence);
        }
        if !operation.idempotent {
            text = text.paragraph(Markdown::own(
                "It is not repeated after its response was lost:",
            ));
            text = text.and(Markdown::own(
                "[`Error::applied`](gatelet_transport::Error::applied) then says whether it may have taken effect.",
            ));
        }
        if let Some(permissions) = permissions(operation) {
            text = text.paragraph(permissions);
        }
        if let Some((alternative, document)) = client_route::alternative(self.api, operation) {
            let title = Markdown::own("On").and(document.title.markdown());
            text = text.paragraph(title.joined(Markdown::own(":")));
            text = text.and(alternative.description.sentence());
            if let Some(permissions) = permissions(alternative) {
                text = text.and(permissions);
            }
            text = text.and(source(&alternative.source));
        }
        text = text.paragraph(source(&operation.source));
        let (text, example) = (doc_of(&text), self.example(operation));
        quote!(#text #example)
    }

    /// Returns an example that compiles.
    fn example(&self, operation: &Operation) -> TokenStream {
        let vendor = format!("{}_client", self.api.vendor);
        let mut parameters = vec![format!("client: &{vendor}::Client")];
        for parameter in path_arguments(operation) {
            let name = argument_name(operation, parameter).to_string();
            parameters.push(match parameter.kind.reference() {
                Some(id) => format!("{name}: &{vendor}::models::{}", id.name),
                None => format!("{name}: &str"),
            });
        }
        if let Some(body) = &operation.request {
            parameters.push(format!("body: {vendor}::models::{}", body.name));
        }
        let mut call = format!("client.{}", method_call(operation, &method_name(operation)));
        if let Some(first) = own_query(operation).next() {
            let value = match one_value(first) {
                Kind::Boolean => "true",
                Kind::Integer(_) => "1",
                _ => "\"text\"",
            };
            let setter = rust_name(first);
            call += &format!(".query(|query| query.{setter}({value}))");
        }
        let mut lines = vec![
            "```".to_owned(),
            format!(
                "# async fn example({}) -> Result<(), {vendor}::Error> {{",
                parameters.join(", ")
            ),
        ];
        let has_result = operation.response.is_some() || is_delete(operation);
        match (list_paging(operation), has_result) {
            (Some(_), _) => lines.extend([
                format!("let mut items = {call}.items();"),
                "while let Some(item) = items.try_next().await? {".to_owned(),
                "    println!(\"{item:?}\");".to_owned(),
                "}".to_owned(),
            ]),
            (None, true) => lines.extend([
                format!("let response = {call}.send().await?;"),
                "println!(\"{response:?}\");".to_owned(),
            ]),
            (None, false) => lines.push(format!("{call}.send().await?;")),
        }
        lines.extend(["# Ok(())", "# }", "```"].map(ToOwned::to_owned));
        let lines = lines.iter().map(|line| format!(" {line}"));
        quote!(#[doc = ""] #(#[doc = #lines])*)
    }
}

/// Calls the check of an operation that is written by hand.
fn check_call(operation: &Operation, target: &Target) -> TokenStream {
    let function = ident(&names::snake(&operation.id));
    let (channel, entry) = (&target.channel, &target.operation);
    let path = path_arguments(operation).map(|it| argument_name(operation, it));
    let body = operation.request.is_some().then(|| quote!(, &mut body));
    // A check of an operation of several APIs gets the one that is called.
    let called = target.choice.is_some().then(|| quote!(, #entry));
    quote!(check::#function(#channel #called #(, #path)* #body))
}

/// Adds the body that the API of the route takes.
fn body_of_route(call: &TokenStream, other: &TokenStream) -> TokenStream {
    quote! {
        let call = #call;
        let call = match operation.alternative_to {
            None => call.json(&body),
            Some(_) => call.json(&#other::from(body)),
        };
    }
}

/// Returns the type of a request and the expression that creates it from a call.
fn request(
    api: &Api,
    operation: &Operation,
    channel: &TokenStream,
    call: &TokenStream,
) -> (TokenStream, TokenStream) {
    let (result, decode) = client_result::result(api, operation);
    if !is_query_call(operation) {
        return (
            quote!(OperationRequest<#result>),
            quote!(#call.request(#channel, #decode)),
        );
    }
    let query = query_name(operation);
    // A query checks itself, since its type stands here.
    let check = operation.by_hand.check.is_some();
    let check = check.then(|| quote!(.check(#query::check)));
    (
        quote!(QueryRequest<#result, #query>),
        quote! {
            let call = #call;
            QueryRequest::new(#channel, call, #decode) #check
        },
    )
}

/// Returns the call of a method on a client with the arguments of an operation: `gateways().update(id, body)`.
pub(crate) fn method_call(operation: &Operation, method: &str) -> String {
    let ids = path_arguments(operation).map(|it| argument_name(operation, it).to_string());
    let body = operation.request.as_ref().map(|_| "body".to_owned());
    let arguments: Vec<_> = ids.chain(body).collect();
    let accessor = names::snake(&operation.tag);
    format!("{accessor}().{method}({})", arguments.join(", "))
}

fn permissions(operation: &Operation) -> Option<Markdown> {
    let mut permissions = operation.permissions.iter().map(|it| Markdown::code(it));
    let first = permissions.next()?;
    let permissions = permissions.fold(first, |list, it| list.and(Markdown::own("or")).and(it));
    let sentence = Markdown::own("Needs the permission").and(permissions);
    Some(sentence.joined(Markdown::own(".")))
}

/// Returns the path parameters that a caller gives, in the order of the path.
pub(crate) fn path_arguments(operation: &Operation) -> impl Iterator<Item = &Parameter> {
    path(operation).filter(|parameter| !parameter.is_account)
}

/// Returns all path parameters, in the order of the path.
pub(crate) fn path(operation: &Operation) -> impl Iterator<Item = &Parameter> {
    let names = operation.path.split('/').filter_map(|segment| {
        let inner = segment.strip_prefix('{')?;
        inner.strip_suffix('}')
    });
    let parameters = &operation.parameters;
    names.filter_map(|name| parameters.iter().find(|it| it.in_path && it.name == name))
}

/// Names that a method or its example uses beside those of path parameters.
const LOCALS: [&str; 4] = ["body", "call", "checked", "client"];

/// Returns the argument for a path parameter; the last one is the id of the resource itself.
pub(crate) fn argument_name(operation: &Operation, parameter: &Parameter) -> Ident {
    let last = path_arguments(operation).last();
    let has_id = path_arguments(operation).any(|it| rust_name(it) == "id");
    let name = rust_name(parameter);
    if last.is_some_and(|last| last.name == parameter.name) && !has_id {
        ident("id")
    } else if LOCALS.contains(&name.as_str()) {
        format_ident!("parameter_{name}")
    } else {
        ident(&name)
    }
}

fn path_parameters(operation: &Operation) -> Vec<TokenStream> {
    let arguments = path_arguments(operation).map(|parameter| {
        let name = argument_name(operation, parameter);
        match parameter.kind.reference() {
            Some(reference) => {
                let kind = model(reference);
                quote!(#name: &#kind)
            }
            None => quote!(#name: &str),
        }
    });
    arguments.collect()
}

fn argument_value(operation: &Operation, parameter: &Parameter) -> TokenStream {
    let name = argument_name(operation, parameter);
    match parameter.kind.reference() {
        Some(_) => quote!(#name.as_str()),
        None => quote!(#name),
    }
}

/// Returns the name of the method: a standard one of Google's AIPs if path and method determine it, else the last word of the path.
pub(crate) fn method_name(operation: &Operation) -> String {
    if let Some(name) = &operation.rust_name {
        return name.clone();
    }
    let last = operation.path.rsplit('/').next().unwrap_or_default();
    // A path with several methods is a resource or a collection; with one method, it may be an action or a view.
    let is_resource = last.starts_with('{') || operation.shares_path;
    let name = match operation.method {
        _ if is_list(operation) => "list",
        Method::Get if is_resource => "get",
        Method::Put if is_resource => "update",
        Method::Delete if is_resource => "delete",
        Method::Post if operation.success == 201 => "create",
        // The braces make it invalid, so that it is reported.
        _ if last.starts_with('{') => last,
        _ => return names::snake(last),
    };
    name.into()
}

/// Returns whether it is a list request. A paged operation with a body is an ordinary call.
pub(crate) fn is_list(operation: &Operation) -> bool {
    list_paging(operation).is_some()
}

/// Returns whether it is a call whose query parameters are set on the request.
pub(crate) fn is_query_call(operation: &Operation) -> bool {
    !is_list(operation) && own_query(operation).next().is_some()
}

/// Whether a function checks what is sent beside the query.
fn has_check_function(operation: &Operation) -> bool {
    let has_query = own_query(operation).next().is_some();
    operation.by_hand.check.is_some() && (operation.request.is_some() || !has_query)
}
