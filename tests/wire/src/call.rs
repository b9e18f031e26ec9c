//! What the generated calls are made of.

use std::any::TypeId;
use std::fmt::Debug;
use std::marker::PhantomData;

use asa_client::{ListQuery, ListRequest};
use gatelet_models::samples::{Sample, Visitor};
use gatelet_models::{Operation, QueryKind, asa, dt};
use gatelet_transport::{Deleted, Error, Page};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Returns the first example of a model.
pub(crate) fn body<T: DeserializeOwned + 'static>() -> T {
    let mut example = Example::<T>(None, PhantomData);
    asa::samples::visit(&mut example);
    dt::samples::visit(&mut example);
    serde_json::from_str(example.0.unwrap()).unwrap()
}

/// The first example of the model `T`.
struct Example<T>(Option<&'static str>, PhantomData<T>);

impl<T: 'static> Visitor for Example<T> {
    fn visit<M: Debug + DeserializeOwned + PartialEq + Serialize + 'static>(
        &mut self,
        sample: &'static Sample,
        _: fn(&M) -> Option<&str>,
    ) {
        if TypeId::of::<M>() == TypeId::of::<T>() {
            self.0 = sample.examples.first().copied();
        }
    }
}

/// Returns a value as text.
pub(crate) async fn value<T: Serialize>(
    response: impl Future<Output = Result<T, Error>>,
) -> Result<String, Error> {
    response.await.map(|it| to_text(&it))
}

/// Returns whether there was anything to delete.
pub(crate) async fn deleted(
    response: impl Future<Output = Result<Deleted, Error>>,
) -> Result<String, Error> {
    response.await.map(|it| format!("{it:?}"))
}

/// Returns a page of two items, or of as few as the operation allows.
pub(crate) async fn page<T: Serialize + 'static, Q: ListQuery>(
    list: ListRequest<T, Q>,
    operation: &Operation,
) -> Result<String, Error> {
    let least = match operation.page_size().map(|it| it.kind) {
        Some(QueryKind::Integer { minimum, .. }) => minimum.unwrap_or_default(),
        _ => 0,
    };
    let size = u32::try_from(least).unwrap().max(2);
    let Page {
        items,
        next_page_token,
        total_count,
        page_size,
        ..
    } = list.page_size(size).send().await?;
    let next = next_page_token.unwrap().map(|token| token.to_string());
    Ok(to_text(&(items, next, total_count, page_size)))
}

fn to_text(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap()
}
