//! One connection, to a single Redis or to a cluster.

use std::time::Duration;

use redis::aio::{ConnectionLike, MultiplexedConnection};
use redis::cluster::{ClusterClient, ClusterConfig};
use redis::cluster_async::ClusterConnection;
use redis::cluster_routing::{RoutingInfo, SingleNodeRoutingInfo};
use redis::{
    AsyncConnectionConfig, Client, ClientTlsConfig, Cmd, ConnectionAddr, ConnectionInfo, IntoConnectionInfo as _,
    Pipeline, RedisError, RedisFuture, TlsCertificates, Value,
};

use super::{Options, SharedFault, fault_of};

/// A password or a private key. Never printed.
#[derive(Clone)]
pub struct Secret(Vec<u8>);

impl Secret {
    /// From its bytes.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(bytes.into())
    }

    fn text(&self) -> Result<&str, SharedFault> {
        std::str::from_utf8(&self.0).map_err(|_| SharedFault::Settings("the password is not text".into()))
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// A connection that carries many calls at a time; clones share it.
#[derive(Clone)]
pub(super) enum Connection {
    Single(MultiplexedConnection),
    Cluster(ClusterConnection),
}

impl Connection {
    /// Whether it answers. Of a cluster any node: `PING` alone would go to all of its masters, and one
    /// that is down is no reason to give up the others.
    pub(super) async fn answers(&mut self) -> Result<(), RedisError> {
        let ping = redis::cmd("PING");
        match self {
            Self::Single(connection) => ping.query_async::<Value>(connection).await.map(drop),
            Self::Cluster(connection) => {
                let any = RoutingInfo::SingleNode(SingleNodeRoutingInfo::Random);
                connection.route_command(ping, any).await.map(drop)
            }
        }
    }
}

impl ConnectionLike for Connection {
    fn req_packed_command<'a>(&'a mut self, command: &'a Cmd) -> RedisFuture<'a, Value> {
        match self {
            Self::Single(connection) => connection.req_packed_command(command),
            Self::Cluster(connection) => connection.req_packed_command(command),
        }
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        commands: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        match self {
            Self::Single(connection) => connection.req_packed_commands(commands, offset, count),
            Self::Cluster(connection) => connection.req_packed_commands(commands, offset, count),
        }
    }

    fn get_db(&self) -> i64 {
        match self {
            Self::Single(connection) => connection.get_db(),
            Self::Cluster(connection) => connection.get_db(),
        }
    }
}

/// Opens connections.
pub(super) struct Opener {
    target: Target,
    timeout: Duration,
    pool: usize,
}

enum Target {
    Single(Box<Client>),
    Cluster(Box<ClusterClient>),
}

impl Opener {
    pub(super) fn new(options: &Options) -> Result<Self, SharedFault> {
        let nodes: Vec<ConnectionInfo> = options.urls.iter().map(|url| node(url, options)).collect::<Result<_, _>>()?;
        let certificates = certificates(options);
        let first = nodes.first().map(|node| node.addr().clone());
        let target = if options.cluster {
            let mut builder = ClusterClient::builder(nodes)
                .connection_timeout(options.timeout)
                .response_timeout(options.timeout)
                .retries(2)
                .min_retry_wait(5)
                .max_retry_wait(20);
            // The library takes certificates for the wish to speak TLS.
            if matches!(first, Some(ConnectionAddr::TcpTls { .. })) {
                builder = builder.certs(certificates);
            }
            if !options.username.is_empty() {
                builder = builder.username(&options.username);
            }
            if let Some(password) = &options.password {
                builder = builder.password(password.text()?);
            }
            Target::Cluster(Box::new(builder.build().map_err(|e| fault_of(&e))?))
        } else {
            let mut nodes = nodes.into_iter();
            let (Some(node), None) = (nodes.next(), nodes.next()) else {
                return Err(SharedFault::Settings("one address, or several and cluster = true".into()));
            };
            let client = match node.addr() {
                ConnectionAddr::TcpTls { .. } => Client::build_with_tls(node, certificates),
                _ => Client::open(node),
            };
            Target::Single(Box::new(client.map_err(|e| fault_of(&e))?))
        };
        Ok(Self { target, timeout: options.timeout, pool: options.pool.max(1) })
    }

    /// As many connections as there should be, each of which has answered.
    pub(super) async fn open(&self) -> Result<Vec<Connection>, SharedFault> {
        let mut connections = Vec::with_capacity(self.pool);
        for _ in 0..self.pool {
            let mut connection = self.open_one().await?;
            tokio::time::timeout(self.patience(), connection.answers())
                .await
                .map_err(|_| SharedFault::Away)?
                .map_err(|e| fault_of(&e))?;
            connections.push(connection);
        }
        Ok(connections)
    }

    /// Opening takes several round trips, with TLS a dozen milliseconds of arithmetic, on a cluster also
    /// looking for its nodes. Nobody waits for it.
    fn patience(&self) -> Duration {
        (self.timeout * 10).max(Duration::from_millis(500))
    }

    async fn open_one(&self) -> Result<Connection, SharedFault> {
        let patience = self.patience();
        let open = async {
            match &self.target {
                Target::Single(client) => {
                    // We time calls ourselves; the library's timer would be a second one.
                    let config =
                        AsyncConnectionConfig::new().set_connection_timeout(Some(patience)).set_response_timeout(None);
                    client.get_multiplexed_async_connection_with_config(&config).await.map(Connection::Single)
                }
                Target::Cluster(client) => {
                    let config = ClusterConfig::new().set_connection_timeout(patience);
                    client.get_async_connection_with_config(config).await.map(Connection::Cluster)
                }
            }
        };
        let opened = tokio::time::timeout(patience, open).await.map_err(|_| SharedFault::Away)?;
        opened.map_err(|error| {
            tracing::debug!(%error, "no connection to Redis");
            fault_of(&error)
        })
    }
}

fn node(url: &str, options: &Options) -> Result<ConnectionInfo, SharedFault> {
    // What cannot be read may hold a password: it is not repeated.
    let info = url.into_connection_info().map_err(|_| {
        SharedFault::Settings("an address is redis://HOST:PORT, rediss://HOST:PORT (TLS) or unix:///PATH".into())
    })?;
    let mut settings = info.redis_settings().clone();
    if settings.password().is_some() || settings.username().is_some() {
        return Err(SharedFault::Settings("user and password do not belong in an address".into()));
    }
    if !options.username.is_empty() {
        settings = settings.set_username(&options.username);
    }
    if let Some(password) = &options.password {
        settings = settings.set_password(password.text()?);
    }
    // One command less that the user must have the right to.
    Ok(info.set_redis_settings(settings.set_skip_set_lib_name()))
}

fn certificates(options: &Options) -> TlsCertificates {
    let client_tls = options
        .identity
        .as_ref()
        .map(|(certificate, key)| ClientTlsConfig { client_cert: certificate.clone(), client_key: key.0.clone() });
    TlsCertificates { client_tls, root_cert: options.ca.clone() }
}
