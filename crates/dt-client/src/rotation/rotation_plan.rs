//! Which tokens a rotation replaces by which successors.

use std::hash::{BuildHasher as _, RandomState};

use gatelet_models::Timestamp;
use gatelet_models::dt::{
    ActiveGateToken, ActiveGateTokenCreate, ActiveGateTokenId, ActiveGateType, Expiration,
    ExpirationError,
};
use gatelet_transport::{Clock as _, Error};

use crate::generated::active_gate_tokens::ActiveGateTokens;
use crate::rotation::successor_name::{is_successor, is_successor_of, stem, successor_name};
use crate::rotation::token_rotation::{Selection, TokenRotation};

/// Which tokens a rotation replaces by which successors.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct RotationPlan {
    /// The successors to create, the first to end first.
    pub successors: Vec<PlannedSuccessor>,
    /// The selected tokens that have a successor already.
    pub rotated: Vec<RotatedToken>,
    /// The selected tokens that are not replaced.
    pub skipped: Vec<SkippedToken>,
    /// The ids that were named and that no token has.
    pub missing: Vec<ActiveGateTokenId>,
    /// All tokens of the environment, in the order of the API's list.
    pub tokens: Vec<ActiveGateToken>,
}

/// A successor to create.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct PlannedSuccessor {
    /// The token that it replaces.
    pub old: ActiveGateToken,
    /// The successor: of the same type and seed kind, under a name that no other token has.
    pub create: ActiveGateTokenCreate,
}

impl PlannedSuccessor {
    /// Returns the name without what rotations added to it, which stays the same from token to token.
    #[must_use]
    pub fn stem(&self) -> &str {
        stem(&self.create.name)
    }
}

/// A token with a successor.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct RotatedToken {
    /// The token that was replaced.
    pub old: ActiveGateToken,
    /// Its successors that have not ended, by their names, and theirs. There is one, unless two rotations ran at once or the successor was
    /// replaced, too.
    pub successors: Vec<ActiveGateToken>,
}

impl RotatedToken {
    /// Returns the name of the successors without what rotations added to it.
    #[must_use]
    pub fn stem(&self) -> &str {
        let mut names = self.successors.iter().filter_map(|it| it.name.as_deref());
        names.next().map(stem).unwrap_or_default()
    }
}

/// A token that is not replaced.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SkippedToken {
    /// The token.
    pub token: ActiveGateToken,
    /// Why it is not replaced.
    pub reason: RotationSkip,
}

/// Why a token is not replaced. Reasons are added without notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RotationSkip {
    /// It has ended. One that is named by its id is replaced all the same.
    Ended,
    /// It is a successor itself and has more than half of its life before it, so that a selection by a long time does not replace it in
    /// each run. One that is named by its id is replaced all the same.
    NewSuccessor,
    /// The API does not show its name, so that its successor could not be recognized.
    Nameless,
    /// It has a successor, which is replaced itself.
    SuccessorReplaced,
    /// It never ends, or is shown to end before it was created, so that the expiration of its successor must be given.
    LifeSpanUnknown,
}

impl ActiveGateTokens {
    /// Lists all tokens and plans which of them are replaced by which successors. Nothing changes. Needs the scope of
    /// [`list`](Self::list).
    ///
    /// A rotation has steps, each of which can fail without a token being lost or created twice: plan,
    /// [`create_successor`](Self::create_successor), store the secret, [`NewToken::check`](crate::NewToken::check), deploy the secret,
    /// and [`ReplacedToken::delete_if_unused`](crate::ReplacedToken::delete_if_unused). A second run plans no second successor as long as
    /// there is one that has not ended: it is in [`rotated`](RotationPlan::rotated).
    ///
    /// # Errors
    ///
    /// Those of a list. A list that ends before its total count is an error too, `Pagination(Incomplete)`.
    ///
    /// ```
    /// # use dt_client::{ApiToken, Client};
    /// # use gatelet_emulator::{Emulator, well_known};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = Emulator::memory()?;
    /// # emulator.seed()?;
    /// # let dt = Client::builder("https://abc.live.dynatrace.com")
    /// #     .credentials(ApiToken::new(well_known::DT_TOKEN)?)
    /// #     .build_with(emulator, gatelet_transport::testing::ManualClock::auto())?;
    /// # fn store(_: &dt_client::models::Secret) -> std::io::Result<()> { Ok(()) }
    /// use std::time::Duration;
    ///
    /// use dt_client::{DeleteOldError, TokenRotation};
    ///
    /// let tokens = dt.active_gate_tokens();
    /// let month = Duration::from_secs(30 * 24 * 60 * 60);
    /// let plan = tokens.plan_rotation(&TokenRotation::ending_within(month)).await?;
    /// for planned in &plan.successors {
    ///     let new = match tokens.create_successor(planned).await {
    ///         Ok(new) => new,
    ///         Err(error) => {
    ///             // It was created at most once. Its secret is lost, so it is of no use.
    ///             for lost in error.find_lost().await? {
    ///                 tokens.delete(&lost).send().await?;
    ///             }
    ///             return Err(error.into());
    ///         }
    ///     };
    ///     if let Err(error) = store(&new.created().token) {
    ///         new.delete().await?;
    ///         return Err(error.into());
    ///     }
    ///     // Deploy the secret before the old token is deleted.
    ///     match new.check().await?.delete_if_unused().await {
    ///         Ok(_) => {}
    ///         Err(DeleteOldError::Kept(reasons)) => println!("kept the old token: {reasons:?}"),
    ///         Err(error) => return Err(error.into()),
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn plan_rotation(&self, rotation: &TokenRotation) -> Result<RotationPlan, Error> {
        let list = self.list().largest_pages().require_complete();
        let mut tokens = list.items();
        let mut listed = Vec::new();
        while let Some(token) = tokens.try_next().await? {
            listed.push(token);
        }
        let now = Timestamp::from(self.client.channel().clock().now());
        // The half of a random number suffices for names of the same token.
        let mut unique =
            || u32::try_from(RandomState::new().hash_one(now) >> 32).unwrap_or_default();
        Ok(plan(rotation, listed, now, &mut unique))
    }
}

/// Plans a rotation. `unique` returns another number for each successor.
pub(crate) fn plan(
    rotation: &TokenRotation,
    tokens: Vec<ActiveGateToken>,
    now: Timestamp,
    unique: &mut dyn FnMut() -> u32,
) -> RotationPlan {
    let mut plan = RotationPlan {
        successors: Vec::new(),
        rotated: Vec::new(),
        skipped: Vec::new(),
        missing: missing(rotation, &tokens),
        tokens: Vec::new(),
    };
    let mut selected: Vec<_> = tokens
        .iter()
        .filter(|token| is_selected(rotation, token, now))
        .collect();
    selected.sort_by_key(|token| (end(token).is_none(), end(token)));
    for old in selected {
        let mut successors = descendants(old, &tokens);
        successors.retain(|it| end(it).is_none_or(|end| end > now));
        let old = old.clone();
        match successor(rotation, &old, now, unique) {
            _ if !successors.is_empty() => plan.rotated.push(RotatedToken { old, successors }),
            Ok(create) => plan.successors.push(PlannedSuccessor { old, create }),
            Err(reason) => plan.skipped.push(SkippedToken { token: old, reason }),
        }
    }
    let replaced: Vec<_> = plan.successors.iter().map(|it| &it.old.id).collect();
    let is_superseded =
        |it: &mut RotatedToken| it.successors.iter().any(|it| replaced.contains(&&it.id));
    let superseded = plan.rotated.extract_if(.., is_superseded);
    plan.skipped.extend(superseded.map(|it| SkippedToken {
        token: it.old,
        reason: RotationSkip::SuccessorReplaced,
    }));
    plan.tokens = tokens;
    plan
}

/// Returns the successors of a token, and theirs.
fn descendants(old: &ActiveGateToken, tokens: &[ActiveGateToken]) -> Vec<ActiveGateToken> {
    let mut found: Vec<ActiveGateToken> = Vec::new();
    let mut ancestors = vec![old];
    while let Some(ancestor) = ancestors.pop() {
        for token in tokens {
            let is_known = token.id == old.id || found.iter().any(|it| it.id == token.id);
            let name = token.name.as_deref();
            if !is_known && name.is_some_and(|name| is_successor_of(name, ancestor)) {
                found.push(token.clone());
                ancestors.push(token);
            }
        }
    }
    found
}

fn missing(rotation: &TokenRotation, tokens: &[ActiveGateToken]) -> Vec<ActiveGateTokenId> {
    let Selection::Ids(ids) = &rotation.selection else {
        return Vec::new();
    };
    let exists = |id: &&ActiveGateTokenId| !tokens.iter().any(|token| token.id == **id);
    ids.iter().filter(exists).cloned().collect()
}

/// Returns when a token ends; `None` if never.
fn end(token: &ActiveGateToken) -> Option<Timestamp> {
    token.expiration_date.filter(|end| !end.is_unset())
}

fn is_selected(rotation: &TokenRotation, token: &ActiveGateToken, now: Timestamp) -> bool {
    let is_in_time = match &rotation.selection {
        Selection::Ids(ids) => ids.contains(&token.id),
        Selection::EndingWithin(within) => {
            let limit = now.saturating_add(*within);
            end(token).is_some_and(|end| end <= limit)
        }
    };
    let name = token.name.as_deref().map(stem).unwrap_or_default();
    let pattern = rotation.name.as_deref();
    is_in_time && pattern.is_none_or(|pattern| matches(pattern, name))
}

fn successor(
    rotation: &TokenRotation,
    old: &ActiveGateToken,
    now: Timestamp,
    unique: &mut dyn FnMut() -> u32,
) -> Result<ActiveGateTokenCreate, RotationSkip> {
    let is_named = matches!(rotation.selection, Selection::Ids(_));
    if !is_named && end(old).is_some_and(|end| end <= now) {
        return Err(RotationSkip::Ended);
    }
    let name = old.name.as_deref().filter(|name| !name.is_empty());
    let name = name.ok_or(RotationSkip::Nameless)?;
    if !is_named && is_successor(name) && is_young(old, now) {
        return Err(RotationSkip::NewSuccessor);
    }
    let expiration = match rotation.expiration {
        Some(expiration) => expiration,
        None => same_life_span(old, now).ok_or(RotationSkip::LifeSpanUnknown)?,
    };
    let name = successor_name(name, &old.id, unique());
    let mut create = ActiveGateTokenCreate::new(name, ActiveGateType::Environment)
        .with_expiration_date(expiration);
    create.active_gate_type.clone_from(&old.active_gate_type);
    create.seed_token = old.seed_token;
    Ok(create)
}

/// Returns whether a token has more than half of its life before it.
fn is_young(token: &ActiveGateToken, now: Timestamp) -> bool {
    let Some(end) = end(token) else {
        return true;
    };
    let lived = now.saturating_duration_since(token.creation_date);
    end.saturating_duration_since(now) > lived
}

/// Returns the expiration of a token that lasts as long as another one, and two years at most.
fn same_life_span(old: &ActiveGateToken, now: Timestamp) -> Option<Expiration> {
    let span = end(old)?.checked_duration_since(old.creation_date)?;
    let expiration = Expiration::after(span);
    match expiration.resolve(now) {
        Err(ExpirationError::TooFar) => "now+2y".parse().ok(),
        _ => (!span.is_zero()).then_some(expiration),
    }
}

/// Returns whether a name matches a pattern as a whole.
fn matches(pattern: &str, name: &str) -> bool {
    let mut names = vec![name];
    // The rests of the name that the rest of the pattern may match.
    for sign in pattern.chars() {
        let rests = names.iter().flat_map(|rest| match sign {
            '*' => {
                let ends = rest.char_indices().map(|(at, _)| at).chain([rest.len()]);
                ends.filter_map(|at| rest.get(at..)).collect::<Vec<_>>()
            }
            '?' => {
                let mut rest = rest.chars();
                rest.next().map(|_| rest.as_str()).into_iter().collect()
            }
            sign => rest.strip_prefix(sign).into_iter().collect(),
        });
        names = rests.collect();
        names.sort_unstable_by_key(|rest| rest.len());
        names.dedup();
    }
    names.contains(&"")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::rotation::successor_name::successor_name;

    const DAY: Duration = Duration::from_secs(24 * 60 * 60);
    const NOW: &str = "2026-06-01T00:00:00Z";

    fn time(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn token(id: &str, name: &str, created: &str, end: Option<&str>) -> ActiveGateToken {
        let mut token = ActiveGateToken::new(id, time(created)).with_name(name);
        token.expiration_date = end.map(time);
        token.seed_token = Some(false);
        token.active_gate_type = Some(ActiveGateType::Environment);
        token
    }

    fn planned(rotation: &TokenRotation, tokens: Vec<ActiveGateToken>) -> RotationPlan {
        let mut number = 0;
        plan(rotation, tokens, time(NOW), &mut || {
            number += 1;
            number
        })
    }

    fn soon() -> TokenRotation {
        TokenRotation::ending_within(30 * DAY)
    }

    fn ids<'a>(tokens: impl Iterator<Item = &'a ActiveGateToken>) -> Vec<&'a str> {
        tokens.map(|token| token.id.as_str()).collect()
    }

    #[test]
    fn the_tokens_that_end_soon_get_successors_of_their_kind_the_first_to_end_first() {
        let mut seed = token(
            "seed",
            "s",
            "2026-05-01T00:00:00Z",
            Some("2026-06-10T00:00:00Z"),
        );
        seed.seed_token = Some(true);
        seed.active_gate_type = Some(ActiveGateType::Cluster);
        let plan = planned(
            &soon(),
            vec![
                token(
                    "later",
                    "l",
                    "2026-05-01T00:00:00Z",
                    Some("2026-07-02T00:00:00Z"),
                ),
                token("never", "n", "2026-05-01T00:00:00Z", None),
                token(
                    "unset",
                    "u",
                    "2026-05-01T00:00:00Z",
                    Some("0001-01-01T00:00:00Z"),
                ),
                token("ended", "e", "2026-05-01T00:00:00Z", Some(NOW)),
                seed,
                token(
                    "first",
                    "f",
                    "2026-05-03T00:00:00Z",
                    Some("2026-06-02T00:00:00Z"),
                ),
            ],
        );
        assert_eq!(
            ids(plan.successors.iter().map(|it| &it.old)),
            ["first", "seed"]
        );
        let create = &plan.successors[1].create;
        assert_eq!(create.seed_token, Some(true));
        assert_eq!(create.active_gate_type, Some(ActiveGateType::Cluster));
        assert_eq!(create.expiration_date.as_deref(), Some("now+40d"));
        assert!(create.name.starts_with("s-rotated-"), "{create:?}");
        assert_eq!(plan.successors[0].stem(), "f");
        assert_eq!(ids(plan.skipped.iter().map(|it| &it.token)), ["ended"]);
        assert_eq!(plan.skipped[0].reason, RotationSkip::Ended);
        assert_eq!(plan.tokens.len(), 6);
    }

    #[test]
    fn a_token_with_a_live_successor_gets_no_other_one() {
        let old = token(
            "old",
            "edge",
            "2026-04-01T00:00:00Z",
            Some("2026-06-02T00:00:00Z"),
        );
        let name = successor_name("edge", &old.id, 7);
        let live = token(
            "new",
            &name,
            "2026-05-20T00:00:00Z",
            Some("2026-09-02T00:00:00Z"),
        );
        let ended = token(
            "new",
            &name,
            "2026-05-20T00:00:00Z",
            Some("2026-05-30T00:00:00Z"),
        );
        let other = token(
            "old2",
            "edge",
            "2026-04-01T00:00:00Z",
            Some("2026-06-02T00:00:00Z"),
        );
        for rotation in [soon(), TokenRotation::of(["old"])] {
            let plan = planned(&rotation, vec![old.clone(), live.clone()]);
            assert_eq!(plan.successors, []);
            assert_eq!(ids(plan.rotated[0].successors.iter()), ["new"]);
            assert_eq!(plan.rotated[0].stem(), "edge");
            let plan = planned(&rotation, vec![old.clone(), ended.clone()]);
            assert_eq!(plan.successors.len(), 1);
            // It is the successor of another token of the same name.
            let plan = planned(&rotation, vec![old.clone(), other.clone(), live.clone()]);
            assert_eq!(plan.rotated.len(), 1);
        }
        let plan = planned(&TokenRotation::of(["old2"]), vec![old, other, live]);
        assert_eq!(plan.successors.len(), 1);
    }

    #[test]
    fn a_successor_of_a_successor_is_one_of_the_first_token_too() {
        let first = token(
            "a",
            "edge",
            "2026-04-01T00:00:00Z",
            Some("2026-06-05T00:00:00Z"),
        );
        let name = successor_name("edge", &first.id, 1);
        let second = token(
            "b",
            &name,
            "2026-04-02T00:00:00Z",
            Some("2026-06-06T00:00:00Z"),
        );
        let plan = planned(&soon(), vec![first.clone(), second.clone()]);
        assert_eq!(ids(plan.successors.iter().map(|it| &it.old)), ["b"]);
        assert_eq!(plan.skipped[0].reason, RotationSkip::SuccessorReplaced);
        let name = successor_name(&name, &second.id, 2);
        let third = token(
            "c",
            &name,
            "2026-05-31T00:00:00Z",
            Some("2026-08-06T00:00:00Z"),
        );
        let plan = planned(&soon(), vec![first, second, third]);
        assert_eq!(ids(plan.rotated[0].successors.iter()), ["b", "c"]);
        assert_eq!(ids(plan.rotated[1].successors.iter()), ["c"]);
    }

    #[test]
    fn a_long_time_does_not_replace_a_new_successor_in_each_run() {
        let name = successor_name("edge", &"gone".into(), 1);
        let young = token(
            "b",
            &name,
            "2026-05-31T00:00:00Z",
            Some("2026-12-01T00:00:00Z"),
        );
        let year = TokenRotation::ending_within(365 * DAY);
        let plan = planned(&year, vec![young.clone()]);
        assert_eq!(plan.skipped[0].reason, RotationSkip::NewSuccessor);
        let plan = planned(&TokenRotation::of(["b"]), vec![young]);
        assert_eq!(plan.successors.len(), 1);
        let old = token(
            "b",
            &name,
            "2026-01-01T00:00:00Z",
            Some("2026-07-01T00:00:00Z"),
        );
        assert_eq!(planned(&year, vec![old]).successors.len(), 1);
    }

    #[test]
    fn a_life_span_is_that_of_the_old_token_and_at_most_two_years() {
        for (created, end, expiration) in [
            (
                "2026-05-01T00:00:00Z",
                "2026-06-02T00:00:00Z",
                Some("now+32d"),
            ),
            (
                "2024-06-02T00:00:00Z",
                "2026-06-02T00:00:00Z",
                Some("now+730d"),
            ),
            (
                "2023-06-02T00:00:00Z",
                "2026-06-02T00:00:00Z",
                Some("now+2y"),
            ),
            ("2026-06-02T00:00:00Z", "2026-06-02T00:00:00Z", None),
            ("2026-06-03T00:00:00Z", "2026-06-02T00:00:00Z", None),
        ] {
            let plan = planned(&soon(), vec![token("a", "a", created, Some(end))]);
            let create = plan.successors.first().map(|it| &it.create);
            let found = create.and_then(|it| it.expiration_date.as_deref());
            assert_eq!(found, expiration, "{created}");
        }
        let never = token("a", "a", "2026-05-01T00:00:00Z", None);
        let one = TokenRotation::of(["a", "b"]);
        let plan = planned(&one, vec![never.clone()]);
        assert_eq!(plan.skipped[0].reason, RotationSkip::LifeSpanUnknown);
        assert_eq!(plan.missing, ["b"]);
        let until = one.with_expiration(Expiration::after(60 * DAY));
        let plan = planned(&until, vec![never]);
        let create = &plan.successors[0].create;
        assert_eq!(create.expiration_date.as_deref(), Some("now+60d"));
    }

    #[test]
    fn a_token_without_a_name_is_not_replaced() {
        let mut nameless = token(
            "a",
            "",
            "2026-05-01T00:00:00Z",
            Some("2026-06-02T00:00:00Z"),
        );
        for name in [None, Some(String::new())] {
            nameless.name = name;
            let plan = planned(&TokenRotation::of(["a"]), vec![nameless.clone()]);
            assert_eq!(plan.skipped[0].reason, RotationSkip::Nameless);
        }
    }

    #[test]
    fn a_pattern_matches_the_whole_name_without_its_suffix() {
        for (pattern, name, expected) in [
            ("edge-*", "edge-7", true),
            ("edge-?", "edge-7", true),
            ("edge-?", "edge-70", false),
            ("edge", "edge-7", false),
            ("*7", "edge-7", true),
            ("**", "", true),
            ("?", "ü", true),
            ("Edge-*", "edge-7", false),
            ("*e*e*", "edge-7", true),
            ("", "", true),
            ("", "a", false),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
        let name = successor_name("edge", &"gone".into(), 1);
        let token = token(
            "b",
            &name,
            "2026-01-01T00:00:00Z",
            Some("2026-06-02T00:00:00Z"),
        );
        let plan = planned(&soon().with_name("edge"), vec![token.clone()]);
        assert_eq!(plan.successors.len(), 1);
        let plan = planned(&soon().with_name("edge-rotated*"), vec![token]);
        assert_eq!(plan.successors.len(), 0);
    }
}
