//! A token with a successor.

use gatelet_models::Timestamp;
use gatelet_models::dt::{ActiveGate, ActiveGateId, ActiveGateToken};
use gatelet_transport::{Clock as _, Deleted, Error};

use crate::generated::active_gate_tokens::ActiveGateTokens;
use crate::rotation::delete_old_error::{DeleteOldError, KeptReason};

/// A token with a successor that is stored and was read. The old one works until it ends or is deleted.
#[derive(Clone, Debug)]
pub struct ReplacedToken {
    tokens: ActiveGateTokens,
    old: ActiveGateToken,
    successor: ActiveGateToken,
}

impl ActiveGateTokens {
    /// Takes up a rotation of an earlier run, as [`RotationPlan::rotated`](crate::RotationPlan::rotated) has it, whose successor is
    /// stored.
    #[must_use]
    pub fn replaced(&self, old: &ActiveGateToken, successor: &ActiveGateToken) -> ReplacedToken {
        ReplacedToken::new(self.clone(), old.clone(), successor.clone())
    }
}

impl ReplacedToken {
    pub(crate) fn new(
        tokens: ActiveGateTokens,
        old: ActiveGateToken,
        successor: ActiveGateToken,
    ) -> Self {
        Self {
            tokens,
            old,
            successor,
        }
    }

    /// Returns the old token as it was listed.
    #[must_use]
    pub fn old(&self) -> &ActiveGateToken {
        &self.old
    }

    /// Returns the successor as it was read.
    #[must_use]
    pub fn successor(&self) -> &ActiveGateToken {
        &self.successor
    }

    /// Finds what speaks against deleting the old token: an ActiveGate shows it or does not say which tokens it has, the successor shows no
    /// use yet, or either is not what it was. Needs the scopes of [`ActiveGateTokens::users`].
    ///
    /// Nothing is no proof that the token is unused: an ActiveGate that has been offline for more than two hours is not in the API's list,
    /// and the successor may be in use on another host.
    ///
    /// # Errors
    ///
    /// Those of [`ActiveGateTokens::users`].
    pub async fn reasons_to_keep(&self) -> Result<Vec<KeptReason>, Error> {
        let users = self.tokens.users(&self.old.id).await?;
        let mut reasons = Vec::new();
        if !users.active_gates.is_empty() {
            let active_gates = users.active_gates.iter().map(host).collect();
            reasons.push(KeptReason::ShownBy { active_gates });
        }
        if users.unreported > 0 {
            reasons.push(KeptReason::Unreported(users.unreported));
        }
        let successor = self.present_successor().await?;
        let old = users.token?;
        // Also if the old one shows none: what a seed token is needed for leaves no trace, nor does its ActiveGate show it.
        if successor.as_ref().is_some_and(|it| !is_used(it)) {
            reasons.push(KeptReason::SuccessorUnused);
        }
        reasons.extend(self.changes(old.as_ref(), successor.as_ref()));
        Ok(reasons)
    }

    /// Deletes the old token unless there are [reasons to keep it](Self::reasons_to_keep).
    ///
    /// # Errors
    ///
    /// [`DeleteOldError`]; a `Delete` error that is "not found" if neither the environment nor an ActiveGate knows the token any more.
    pub async fn delete_if_unused(&self) -> Result<Deleted, DeleteOldError> {
        match self.reasons_to_keep().await {
            Ok(reasons) => self.delete_unless(reasons).await,
            Err(error) => Err(self.unread(error)),
        }
    }

    /// Deletes the old token without asking who uses it: every ActiveGate that uses it is locked out when it connects again. A token
    /// whose successor is gone or has ended is kept all the same. Needs the scope of [`get`](ActiveGateTokens::get), but not that of
    /// ActiveGates.
    ///
    /// # Errors
    ///
    /// Those of [`delete_if_unused`](Self::delete_if_unused).
    pub async fn delete_even_if_used(&self) -> Result<Deleted, DeleteOldError> {
        let old = self.tokens.get(&self.old.id).send().await;
        let old = old.map_err(|error| self.unread(error))?;
        let successor = self.present_successor().await;
        let successor = successor.map_err(DeleteOldError::Read)?;
        self.delete_unless(self.changes(Some(&old), successor.as_ref()))
            .await
    }

    async fn delete_unless(&self, reasons: Vec<KeptReason>) -> Result<Deleted, DeleteOldError> {
        if !reasons.is_empty() {
            return Err(DeleteOldError::Kept(reasons));
        }
        let deletion = self.tokens.delete(&self.old.id).send().await;
        deletion.map_err(DeleteOldError::Delete)
    }

    /// Converts the error of a read. If the old token is gone, there is nothing to delete.
    fn unread(&self, error: Error) -> DeleteOldError {
        let is_of_old = error.resource() == Some(self.old.id.as_str());
        match error.is_not_found() && is_of_old {
            true => DeleteOldError::Delete(error),
            false => DeleteOldError::Read(error),
        }
    }

    /// Reads the successor; `None` if it does not exist any more.
    async fn present_successor(&self) -> Result<Option<ActiveGateToken>, Error> {
        match self.tokens.get(&self.successor.id).send().await {
            Ok(successor) => Ok(Some(successor)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Returns what has changed of the tokens so that the old one is needed, or is another one.
    fn changes(
        &self,
        old: Option<&ActiveGateToken>,
        successor: Option<&ActiveGateToken>,
    ) -> Vec<KeptReason> {
        let now = Timestamp::from(self.tokens.client.channel().clock().now());
        let gone = match successor {
            None => Some(KeptReason::SuccessorGone),
            Some(successor) if has_ended(successor, now) => Some(KeptReason::SuccessorEnded),
            Some(_) => None,
        };
        let is_other = old.is_some_and(|now| !is_same(now, &self.old));
        let changed = is_other.then_some(KeptReason::Changed);
        gone.into_iter().chain(changed).collect()
    }
}

/// Returns what people call an ActiveGate.
fn host(gate: &ActiveGate) -> String {
    let id = gate.id.as_ref().map(ActiveGateId::as_str);
    let host = gate.hostname.as_deref().or(id);
    host.unwrap_or("an ActiveGate").to_owned()
}

fn is_used(token: &ActiveGateToken) -> bool {
    token.last_used_date.is_some_and(|last| !last.is_unset())
}

fn has_ended(token: &ActiveGateToken, now: Timestamp) -> bool {
    let end = token.expiration_date.filter(|end| !end.is_unset());
    end.is_some_and(|end| end <= now)
}

/// Returns whether a token is the one that it was.
pub(crate) fn is_same(now: &ActiveGateToken, before: &ActiveGateToken) -> bool {
    now.name == before.name && now.creation_date == before.creation_date
}
