//! The task that looks at trunks, where the operator turned it on.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::spawn_blocking;
use tokio::time::{MissedTickBehavior, interval};
use trunklog_errors::with_causes;
use trunklog_probe::Prober;

use crate::app::App;
use crate::probes::{round, targets};
use crate::settings::{ProbeSettings, lasting};

/// The most trunks that are looked at in a round; more are left out, and said.
const MOST: usize = 500;

/// The shortest time between two rounds: an SBC is not to be troubled.
const SHORTEST: Duration = Duration::from_mins(1);

/// Looks again and again, for as long as the server runs.
pub(crate) async fn look(app: Arc<App>, settings: ProbeSettings) {
    let limit = lasting(settings.limit_secs);
    let own_name = settings.own_name.clone();
    let Ok(prober) = spawn_blocking(move || Prober::new(limit, own_name)).await else {
        tracing::error!("trunks cannot be looked at: making the probe failed");
        return;
    };
    let prober = Arc::new(prober);
    let mut ticks = interval(lasting(settings.every_secs).max(SHORTEST));
    // Never more often, also after a round that took long.
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let asked = Arc::clone(&app);
        let find = move || {
            let settings = &asked.settings;
            targets(&*asked.services.engine, &settings.inventories, &settings.zones, asked.now())
        };
        let mut targets = match spawn_blocking(find).await {
            Ok(Ok(targets)) => targets,
            Ok(Err(error)) => {
                tracing::warn!(error = %with_causes(&error), "trunks were not looked at: the inventory cannot be read");
                continue;
            }
            Err(error) => {
                tracing::error!(error = %with_causes(&error), "reading the inventory failed");
                continue;
            }
        };
        if targets.len() > MOST {
            tracing::warn!(
                trunks = targets.len(),
                most = MOST,
                "some trunks are not looked at: there are too many"
            );
            targets.truncate(MOST);
        }
        let found = round(&prober, targets).await;
        app.probes.take(found, app.now());
    }
}
