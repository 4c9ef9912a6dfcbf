using System.Text;
using Widget.Rag.Reading.Extraction;

namespace Widget.Rag.Tests.Reading.Extraction;

public sealed class ChildProcessShould
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Kill_a_program_that_takes_too_long()
    {
        var failure = await Should.ThrowAsync<IngestionFailureException>(() =>
            ChildProcess.RunAsync("sleep", ["30"], default, new ChildLimits(TimeSpan.FromMilliseconds(300), 1 << 30, 1000), Ct));
        failure.Message.ShouldContain("took longer");
    }

    [Fact]
    public async Task Stop_a_program_that_says_too_much()
    {
        var failure = await Should.ThrowAsync<IngestionFailureException>(() =>
            ChildProcess.RunAsync("yes", [], default, new ChildLimits(TimeSpan.FromSeconds(20), 1 << 30, 100_000), Ct));
        failure.Message.ShouldContain("more text than");
    }

    [Fact]
    public async Task Keep_a_program_within_its_memory()
    {
        // tail holds its whole last line.
        var result = await ChildProcess.RunAsync("sh", ["-c", "head -c 400000000 /dev/zero | tail"], default, new ChildLimits(TimeSpan.FromSeconds(20), 100 << 20, 1000), Ct);

        result.Errors.ShouldContain("memory");
    }

    [Fact]
    public async Task Let_a_program_complain_as_much_as_it_likes()
    {
        var result = await ChildProcess.RunAsync("sh", ["-c", "head -c 1000000 /dev/zero >&2; echo read"], default, new ChildLimits(TimeSpan.FromSeconds(20), 1 << 30, 1000), Ct);

        Encoding.UTF8.GetString(result.Output).ShouldBe("read\n");
        result.Errors.Length.ShouldBe(64 * 1024);
    }

    [Fact]
    public async Task Give_a_program_none_of_the_servers_settings()
    {
        Environment.SetEnvironmentVariable("WIDGET_TEST_SECRET", "secret");

        var result = await ChildProcess.RunAsync("env", [], default, new ChildLimits(TimeSpan.FromSeconds(20), 1 << 30, 10_000), Ct);

        Encoding.UTF8.GetString(result.Output).ShouldNotContain("secret");
    }

    [Fact]
    public async Task Name_a_program_that_is_missing()
    {
        var failure = await Should.ThrowAsync<IngestionFailureException>(() =>
            ChildProcess.RunAsync("no-such-program", [], default, new ChildLimits(TimeSpan.FromSeconds(1), 1 << 30, 1000), Ct));
        failure.Message.ShouldContain("no-such-program");
    }
}
