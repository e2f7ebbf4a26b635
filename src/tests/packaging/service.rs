//! Under a service manager: it is told when the server is ready and when it stops.

use std::os::unix::net::UnixDatagram;

use crate::harness::engine::Engine;
use crate::harness::lines::PATIENCE;
use crate::harness::process::Home;

#[test]
fn the_service_manager_hears_ready_and_stopping() {
    let home = Home::new(Engine::Sqlite);
    let socket_path = home.path().join("notify");
    let socket = UnixDatagram::bind(&socket_path).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    let heard = || {
        let mut buffer = [0; 256];
        let length = socket.recv(&mut buffer).unwrap();
        String::from_utf8_lossy(&buffer[..length]).into_owned()
    };
    let home = home.env("NOTIFY_SOCKET", socket_path.to_str().unwrap());
    let server = home.start();
    assert_eq!(heard(), "READY=1");
    assert_eq!(server.client().get("/readyz").status, 200);
    server.signal("TERM");
    assert_eq!(heard(), "STOPPING=1");
    assert_eq!(server.wait(), 0);
}
