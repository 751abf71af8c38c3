"""Which files a branch has added, in real repositories."""

import subprocess

import pytest

from miglab.errors import BadInput
from miglab.project.since import added


def git(root, *arguments):
    words = ["git", "-c", "user.name=Somebody", "-c", "user.email=some@body.example"]
    words += ["-c", "init.defaultBranch=main", "-c", "commit.gpgSign=false", "-C", str(root)]
    done = subprocess.run([*words, *arguments], check=True, capture_output=True, encoding="utf-8")
    return done.stdout.strip()


def write(root, *names):
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# {name}\n", encoding="utf-8")


def commit(root, *names):
    write(root, *names)
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "something")


def names(found, root):
    return sorted(path.relative_to(root).as_posix() for path in found)


@pytest.fixture
def repo(tmp_path):
    """main: 0001; the branch ``work`` starts there and is checked out."""
    root = tmp_path / "repo"
    root.mkdir()
    git(root, "init", "--quiet")
    commit(root, "shop/migrations/0001_initial.py", ".gitignore")
    git(root, "checkout", "--quiet", "-b", "work")
    return root


def test_a_file_committed_on_the_branch_is_added(repo):
    commit(repo, "shop/migrations/0002_price.py")
    assert added(repo, "main") == {repo / "shop/migrations/0002_price.py"}


def test_a_staged_file_is_added(repo):
    write(repo, "shop/migrations/0002_price.py")
    git(repo, "add", "--all")
    assert names(added(repo, "main"), repo) == ["shop/migrations/0002_price.py"]


def test_an_untracked_file_is_added(repo):
    write(repo, "shop/migrations/0002_price.py")
    assert names(added(repo, "main"), repo) == ["shop/migrations/0002_price.py"]


def test_an_ignored_file_is_not_added(repo):
    (repo / ".gitignore").write_text("*_local.py\n", encoding="utf-8")
    write(repo, "shop/migrations/0002_local.py")
    assert not added(repo, "main")


def test_a_file_that_was_there_before_is_not_added_even_if_it_changed(repo):
    (repo / "shop/migrations/0001_initial.py").write_text("# other", encoding="utf-8")
    assert not added(repo, "main")


def test_a_file_that_was_removed_again_is_not_added(repo):
    commit(repo, "shop/migrations/0002_price.py")
    (repo / "shop/migrations/0002_price.py").unlink()
    assert not added(repo, "main")


def test_a_file_with_a_new_name_is_added(repo):
    git(repo, "mv", "shop/migrations/0001_initial.py", "shop/migrations/0001_start.py")
    assert names(added(repo, "main"), repo) == ["shop/migrations/0001_start.py"]


def test_what_main_added_since_the_branch_began_does_not_count(repo):
    git(repo, "checkout", "--quiet", "main")
    commit(repo, "shop/migrations/0002_theirs.py")
    git(repo, "checkout", "--quiet", "work")
    commit(repo, "shop/migrations/0002_ours.py")
    assert names(added(repo, "main"), repo) == ["shop/migrations/0002_ours.py"]


def test_what_was_merged_from_main_does_not_count(repo):
    git(repo, "checkout", "--quiet", "main")
    commit(repo, "shop/migrations/0002_theirs.py")
    git(repo, "checkout", "--quiet", "work")
    commit(repo, "shop/migrations/0002_ours.py")
    git(repo, "merge", "--quiet", "--no-edit", "main")
    assert names(added(repo, "main"), repo) == ["shop/migrations/0002_ours.py"]


def test_python_files_and_all_in_folders_called_migrations_are_told(repo):
    write(repo, "shop/models.py", "shop/migrations/rows.sql", "shop/rows.sql", "migrations")
    assert names(added(repo, "main"), repo) == ["shop/migrations/rows.sql", "shop/models.py"]


def test_names_may_hold_any_letter_and_blanks(repo):
    write(repo, "größe und maß/migrations/0001_ärger.py")
    assert names(added(repo, "main"), repo) == ["größe und maß/migrations/0001_ärger.py"]


def test_a_folder_inside_the_repository_hears_only_of_itself(repo):
    commit(repo, "backend/shop/migrations/0001_a.py", "other/migrations/0001_b.py")
    root = repo / "backend"
    assert added(root, "main") == {root / "shop/migrations/0001_a.py"}


def test_a_tag_or_a_commit_may_be_given(repo):
    git(repo, "tag", "v1")
    commit(repo, "shop/migrations/0002_price.py")
    assert added(repo, "v1") == added(repo, git(repo, "rev-parse", "v1")) != set()


def test_what_a_git_hook_says_of_its_own_repository_is_not_heard(repo, tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    assert added(repo, "main") == set()


def test_nothing_is_written(repo):
    commit(repo, "shop/migrations/0002_price.py")
    (repo / "shop/migrations/0002_price.py").write_text("# other", encoding="utf-8")

    def state():
        return {each: (each.stat().st_mtime_ns, each.stat().st_size) for each in repo.rglob("*")}

    before = state()
    added(repo, "main")
    assert state() == before


@pytest.mark.parametrize("ref", ["origin/mian", "--all", "mian"])
def test_an_unknown_ref_is_an_error_that_says_how_to_fetch_it(repo, ref):
    with pytest.raises(BadInput, match=f"does not know the commit '{ref}' in .*git fetch origin"):
        added(repo, ref)


def test_a_folder_in_no_repository_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(BadInput, match="is not in a git repository"):
        added(tmp_path, "main")


def test_branches_without_a_common_commit_are_an_error(repo):
    git(repo, "checkout", "--quiet", "--orphan", "alone")
    git(repo, "commit", "--quiet", "--message", "alone")
    with pytest.raises(BadInput, match=r"'main' and HEAD have no commit in common.*--unshallow"):
        added(repo, "main")


def test_where_git_is_missing_it_is_an_error_that_says_so(repo, tmp_path, monkeypatch):
    (tmp_path / "nothing").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    with pytest.raises(BadInput, match="git is not on the PATH"):
        added(repo, "main")
