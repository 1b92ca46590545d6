use super::*;

fn audiences(public_url: &str) -> Audiences {
    Audiences::new(Cloud::Global, public_url, &["api://Trunklog".to_owned()]).unwrap()
}

#[test]
fn graph_is_known_by_all_its_names() {
    let audiences = audiences("https://cdr.example.test");
    for name in [
        "https://graph.microsoft.com",
        "https://graph.microsoft.com/",
        "00000003-0000-0000-c000-000000000000",
    ] {
        assert!(audiences.contains(name), "{name}");
    }
    assert!(!audiences.contains("https://graph.microsoft.com//"));
    assert!(!audiences.contains("https://graph.microsoft.com.evil.test"));
}

#[test]
fn each_cloud_has_a_graph_of_its_own() {
    for cloud in Cloud::ALL {
        let audiences = Audiences::new(cloud, "https://cdr.example.test", &[]).unwrap();
        for other in Cloud::ALL {
            let graph = format!("https://{}/", other.graph_host());
            assert_eq!(audiences.contains(&graph), other == cloud, "{graph} in {cloud}");
        }
        assert!(audiences.contains(GRAPH_ID));
    }
}

#[test]
fn the_own_host_is_known_with_and_without_port() {
    let audiences = audiences("http://localhost:8080/");
    for name in [
        "http://localhost:8080",
        "http://localhost:8080/",
        "http://localhost",
        "https://localhost",
        "https://localhost:8080",
        "HTTPS://LOCALHOST",
    ] {
        assert!(audiences.contains(name), "{name}");
    }
    assert!(!audiences.contains("http://localhost:8081"));
    assert!(!audiences.contains("localhost"));
    assert!(!audiences.contains(""));
}

#[test]
fn configured_names_are_added() {
    let audiences = audiences("https://cdr.example.test");
    assert!(audiences.contains("api://trunklog"));
    assert!(!audiences.contains("api://other"));
}

#[test]
fn a_useless_configuration_is_refused() {
    for url in ["cdr.example.test", "", "ftp://cdr.example.test", "/trunklog"] {
        let error = Audiences::new(Cloud::Global, url, &[]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration, "{url}");
    }
    assert!(Audiences::new(Cloud::Global, "https://cdr.example.test", &[String::new()]).is_err());
    assert!(Audiences::listed(&[]).is_err());
}

#[test]
fn a_listener_has_the_names_of_where_it_listens() {
    let names = |address: &str| names_of_listener("http", address.parse().unwrap());
    for address in ["127.0.0.1:8080", "0.0.0.0:8080", "[::]:8080", "[::1]:8080"] {
        let names = names(address);
        for name in
            ["http://localhost:8080", "http://127.0.0.1:8080", "http://[::1]:8080", "https://localhost"]
        {
            assert!(names.iter().any(|known| known == name), "{name} at {address}");
        }
        assert!(!names.iter().any(|name| name.contains("0.0.0.0") || name.contains("[::]")), "{names:?}");
    }
    let other = names("192.0.2.1:8080");
    assert!(other.contains(&"http://192.0.2.1:8080".to_owned()));
    assert!(!other.iter().any(|name| name.contains("localhost")), "{other:?}");
    assert!(names("[2001:DB8::1]:80").contains(&"http://[2001:db8::1]:80".to_owned()));
}
