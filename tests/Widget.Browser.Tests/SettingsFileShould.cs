using Widget.Testing;

namespace Widget.Browser.Tests;

/// <summary>The file .env of a development installation, as ./run and ./widget read it.</summary>
public sealed class SettingsFileShould : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("widget-settings-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("WIDGET_CHAT_MODEL=llama3.2", "llama3.2")]
    [InlineData("  export WIDGET_CHAT_MODEL=llama3.2  # the small one", "llama3.2")]
    [InlineData("WIDGET_CHAT_MODEL=\"with blanks # and more\" # a comment", "with blanks # and more")]
    [InlineData("WIDGET_CHAT_MODEL='say \"hello\"'", "say \"hello\"")]
    [InlineData("WIDGET_CHAT_MODEL=$HOME/`id`", "$HOME/`id`")]
    [InlineData("WIDGET_CHAT_MODEL=a=b#c\r", "a=b#c")]
    [InlineData("\uFEFFWIDGET_CHAT_MODEL=first\n# WIDGET_CHAT_MODEL=second\n\n", "first")]
    [InlineData("WIDGET_CHAT_MODEL=earlier\nWIDGET_CHAT_MODEL=later", "later")]
    [InlineData("WIDGET_CHAT_MODEL=", "")]
    public async Task Read_a_setting(string lines, string value)
    {
        (await ReadAsync(lines, shell: null)).ShouldBe($"[{value}]");
    }

    [Fact]
    public async Task Prefer_the_shells_variables()
    {
        (await ReadAsync("WIDGET_CHAT_MODEL=file", shell: "shell")).ShouldBe("[shell]");
        (await ReadAsync("WIDGET_CHAT_MODEL=file", shell: "")).ShouldBe("[]");
    }

    [Theory]
    [InlineData("# fine\nWIDGET_CHAT_KEY: sk-secret", "Line 2 of ", "is not a setting. Write NAME=value")]
    [InlineData("WIDGET_CHAT_KEY = sk-secret", "Line 1 of ", "is not a setting. Write NAME=value")]
    [InlineData("sk-secret", "Line 1 of ", "is not a setting. Write NAME=value")]
    [InlineData("\nWIDGET_CHAT_KEY=\"sk-secret", "Line 2 of ", "the value of WIDGET_CHAT_KEY must end with the quote that it begins with.")]
    [InlineData("WIDGET_CHAT_KEY='sk-secret'x", "Line 1 of ", "the value of WIDGET_CHAT_KEY must end with the quote that it begins with.")]
    public async Task Report_only_the_number_of_an_invalid_line(string lines, string where, string what)
    {
        foreach (var command in new[] { "run", "widget" })
        {
            var file = await FileAsync(lines);
            var environment = new Dictionary<string, string?>
            {
                ["WIDGET_ENV_FILE"] = file,
                ["WIDGET_DATA"] = Path.GetDirectoryName(file),
                ["WIDGET_CHAT_KEY"] = null,
            };

            var refusal = await Should.ThrowAsync<InvalidOperationException>(
                () => Repository.RunAsync(command, environment, command == "run" ? ["--detach"] : ["tenants", "list"]));

            refusal.Message.ShouldContain("ended with 2");
            refusal.Message.ShouldContain(where + file);
            refusal.Message.ShouldContain(what);
            refusal.Message.ShouldNotContain("secret");
        }
    }

    [Fact]
    public async Task Warn_about_unknown_settings()
    {
        var file = await FileAsync("WIDGET_CHAT_MODLE=llama3.2");

        var warned = await Repository.RunAsync("/usr/bin/env", ["bash", "-c", ". scripts/settings; read_settings \"$1\" 2>&1", "-", file]);

        warned.ShouldContain($"Line 1 of {file} sets WIDGET_CHAT_MODLE, which nothing reads.");
    }

    [Fact]
    public async Task Have_a_valid_example()
    {
        var example = await File.ReadAllTextAsync(Path.Combine(Repository.Root, ".env.example"));
        var file = await FileAsync(example.Replace("#WIDGET_", "WIDGET_", StringComparison.Ordinal));

        var names = await Repository.RunAsync(
            "/usr/bin/env",
            ["-i", "bash", "-c", ". scripts/settings; read_settings \"$1\" 2>&1 && compgen -e", "-", file]);

        names.ShouldNotContain("Line ");
        names.Split('\n').Where(name => name.StartsWith("WIDGET_", StringComparison.Ordinal)).Count().ShouldBeGreaterThan(10);
        names.ShouldContain("WIDGET_FETCH_ALLOW");
    }

    private async Task<string> ReadAsync(string lines, string? shell)
    {
        var environment = new Dictionary<string, string?> { ["WIDGET_CHAT_MODEL"] = shell };
        const string Script = ". scripts/settings; read_settings \"$1\"; printf '[%s]' \"$WIDGET_CHAT_MODEL\"";
        return await Repository.RunAsync("/usr/bin/env", environment, ["bash", "-c", Script, "-", await FileAsync(lines)]);
    }

    private async Task<string> FileAsync(string lines)
    {
        var file = Path.Combine(_folder, $"{Guid.NewGuid():N}.env");
        await File.WriteAllTextAsync(file, lines);
        return file;
    }
}
