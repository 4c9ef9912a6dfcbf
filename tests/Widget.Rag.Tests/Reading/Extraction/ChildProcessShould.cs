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
    public async Task Stop_a_program_with_too_much_output()
    {
        var failure = await Should.ThrowAsync<IngestionFailureException>(() =>
            ChildProcess.RunAsync("yes", [], default, new ChildLimits(TimeSpan.FromSeconds(20), 1 << 30, 100_000), Ct));
        failure.Message.ShouldContain("too much text");
    }

    [Fact]
    public async Task Keep_a_program_within_its_memory()
    {
        // tail keeps its whole last line in memory.
        var result = await ChildProcess.RunAsync(
            "sh",
            ["-c", "head -c 400000000 /dev/zero | tail"],
            default,
            new ChildLimits(TimeSpan.FromSeconds(20), 100 << 20, 1000),
            Ct);

        result.Errors.ShouldContain("memory");
    }

    [Fact]
    public async Task Ignore_the_amount_of_error_output()
    {
        var result = await ChildProcess.RunAsync(
            "sh",
            ["-c", "head -c 1000000 /dev/zero >&2; echo read"],
            default,
            new ChildLimits(TimeSpan.FromSeconds(20), 1 << 30, 1000),
            Ct);

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
    public async Task Name_a_missing_program()
    {
        var failure = await Should.ThrowAsync<IngestionFailureException>(() =>
            ChildProcess.RunAsync("no-such-program", [], default, new ChildLimits(TimeSpan.FromSeconds(1), 1 << 30, 1000), Ct));
        failure.Message.ShouldContain("no-such-program");
    }
}
