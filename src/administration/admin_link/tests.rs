use std::os::unix::fs::PermissionsExt;

use super::*;

const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

fn there(last: u8) -> IpAddr {
    IpAddr::from([192, 0, 2, last])
}

/// A state directory, with the service that looks into it.
fn site() -> (tempfile::TempDir, CodeFile, AdminLink) {
    let folder = tempfile::tempdir().unwrap();
    let (file, link) = (CodeFile::new(folder.path()), AdminLink::new(Some(folder.path().to_owned())));
    (folder, file, link)
}

#[tokio::test(start_paused = true)]
async fn a_code_lets_in_once_and_says_who_made_it() {
    let (_folder, file, link) = site();
    let code = make(&file, Role::Viewer).unwrap().code.to_string();
    let redeemed = link.redeem(&code.to_lowercase(), HERE).await.unwrap();
    assert_eq!(redeemed.role, Role::Viewer);
    assert!(redeemed.person.to_string().contains(&process_user::of_process()), "{}", redeemed.person);
    assert!(!file.path().exists());
    assert_eq!(link.redeem(&code, HERE).await, Err(LinkError::NotValid));
}

#[tokio::test(start_paused = true)]
async fn of_two_codes_the_newer_one_counts() {
    let (_folder, file, link) = site();
    let older = make(&file, Role::Viewer).unwrap().code.to_string();
    let newer = make(&file, Role::Administrator).unwrap().code.to_string();
    assert_eq!(link.redeem(&older, HERE).await, Err(LinkError::NotValid));
    assert_eq!(link.redeem(&newer, HERE).await.unwrap().role, Role::Administrator);
}

#[tokio::test(start_paused = true)]
async fn a_code_that_is_too_old_is_not_valid() {
    let (_folder, file, link) = site();
    let code = LinkCode::random().unwrap();
    let kept = |until| file::Kept { digest: code.digest(), until, made_by: "root".to_owned(), role: Role::Viewer };
    file.write(&kept(Timestamp::now() - Duration::from_secs(1))).unwrap();
    assert_eq!(link.redeem(&code.to_string(), HERE).await, Err(LinkError::NotValid));
    // The clock was set back since it was made.
    file.write(&kept(Timestamp::now() + Duration::from_hours(1))).unwrap();
    assert_eq!(link.redeem(&code.to_string(), HERE).await, Err(LinkError::NotValid));
    file.write(&kept(Timestamp::now() + Duration::from_mins(1))).unwrap();
    assert!(link.redeem(&code.to_string(), HERE).await.is_ok());
}

#[test]
fn only_the_owner_of_the_folder_may_read_the_file_and_the_code_is_not_in_it() {
    let (_folder, file, _) = site();
    let code = make(&file, Role::Viewer).unwrap().code.to_string();
    assert_eq!(file.path().metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let text = std::fs::read_to_string(file.path()).unwrap();
    assert!(!text.contains(&code) && !text.contains(&code.replace('-', "")), "{text}");
}

#[tokio::test(start_paused = true)]
async fn wrong_codes_shut_one_address_out_and_no_other_one() {
    let (_folder, file, link) = site();
    let code = make(&file, Role::Viewer).unwrap().code.to_string();
    for _ in 0..guesses::OF_ADDRESS {
        assert_eq!(link.redeem("ABCD", there(1)).await, Err(LinkError::NotValid));
    }
    let retry_after = guesses::WINDOW;
    assert_eq!(link.redeem(&code, there(1)).await, Err(LinkError::TooMany { retry_after }));
    for last in 2..250 {
        let _ = link.redeem("ABCD", there(last)).await;
    }
    let began = Instant::now();
    assert!(link.redeem(&code, HERE).await.is_ok());
    assert_eq!(began.elapsed(), guesses::PAUSE, "many wrong codes only slow it down");
}

#[tokio::test(start_paused = true)]
async fn a_file_that_a_stranger_may_have_written_is_not_used() {
    let (_folder, file, link) = site();
    let code = make(&file, Role::Administrator).unwrap().code.to_string();
    std::fs::set_permissions(file.path(), PermissionsExt::from_mode(0o666)).unwrap();
    let error = link.redeem(&code, HERE).await.unwrap_err();
    assert!(matches!(&error, LinkError::Unusable { reason } if reason.contains("remove it")), "{error}");
    std::fs::write(file.path(), "{\"sha256\": \"").unwrap();
    std::fs::set_permissions(file.path(), PermissionsExt::from_mode(0o600)).unwrap();
    assert_eq!(link.redeem(&code, HERE).await, Err(LinkError::NotValid));
}

#[tokio::test(start_paused = true)]
async fn without_a_folder_there_is_no_code() {
    assert_eq!(AdminLink::new(None).redeem("ABCD", HERE).await, Err(LinkError::NoStateDirectory));
    let nowhere = PathBuf::from("/nonexistent/openfire-provisioner");
    assert_eq!(AdminLink::new(Some(nowhere.clone())).redeem("ABCD", HERE).await, Err(LinkError::NotValid));
    let error = with_causes(&make(&CodeFile::new(&nowhere), Role::Viewer).unwrap_err());
    assert!(error.contains("admin.state_directory") && error.contains("/admin-link cannot be written"), "{error}");
}
