//! Where commands of operators are answered: by the running server, or by a desk of our own when none is running.

use std::path::PathBuf;

use serde::de::DeserializeOwned;

use super::data_dir::DataDir;
use super::local::{self, Request};
use super::{CliFault, Context};

/// A desk that operators ask alike beside a running server and without one.
pub(super) trait Desk: Sized {
    /// What is asked.
    type Question;
    /// What is answered.
    type Answer: DeserializeOwned;

    /// One of our own.
    ///
    /// # Errors
    /// What cannot be opened.
    fn open(data: &DataDir) -> Result<Self, CliFault>;

    /// Does what is asked.
    ///
    /// # Errors
    /// What was refused, in a sentence with what to do.
    fn answer(&self, question: Self::Question) -> Result<Self::Answer, CliFault>;

    /// The question as it goes to the running server.
    fn to_server(question: Self::Question) -> Request;
}

/// The running server's desk, or our own.
pub(super) enum Counter<D> {
    /// Behind this socket.
    Served(PathBuf),
    /// Opened by this process, which nobody else then owns.
    Own(Box<D>),
}

impl<D: Desk> Counter<D> {
    /// The server's where one is running.
    ///
    /// # Errors
    /// Without the portal's keys, or when our own cannot be opened.
    pub(super) fn open(context: &Context) -> Result<Self, CliFault> {
        let data = DataDir::at(context.data()?, &context.config);
        data.require_keys()?;
        match local::ask(&data.socket(), &Request::Status)? {
            Some(_) => Ok(Self::Served(data.socket())),
            None => Ok(Self::Own(Box::new(D::open(&data)?))),
        }
    }

    /// Asks it.
    ///
    /// # Errors
    /// What was refused; a server that is gone, or of another version.
    pub(super) fn ask(&self, question: D::Question) -> Result<D::Answer, CliFault> {
        let socket = match self {
            Self::Own(desk) => return desk.answer(question),
            Self::Served(socket) => socket,
        };
        let answer = local::ask(socket, &D::to_server(question))?;
        answer
            .and_then(|answer| serde_json::from_value(answer).ok())
            .ok_or_else(|| CliFault::new("the server's answer cannot be read", "use the same version of hocba"))
    }
}
