using System.CommandLine;
using System.CommandLine.Invocation;

namespace Widget.Api.Operations;

/// <summary>Describes an error in a typed command in one line, instead of printing the whole help.</summary>
internal static class CommandLineError
{
    /// <summary>Returns the error message. Null if the command can be run.</summary>
    public static string? Describe(ParseResult parsed)
    {
        if (parsed.Action is not ParseErrorAction) return null;
        var command = parsed.CommandResult.Command;
        var path = Path(command);
        var unknown = parsed.UnmatchedTokens is [var first, ..] ? first : null;
        var message = command.Subcommands.Count > 0
            ? (unknown is null ? $"\"{path}\" needs a command." : $"There is no command \"{path} {unknown}\".")
                + $" Commands: {JoinNames(command.Subcommands.Select(sub => sub.Name))}."
            : unknown is not null
                ? $"\"{path}\" does not take \"{unknown}\". It takes {JoinNames(command.Options.Select(option => option.Name))}."
            : string.Join(
                ' ',
                parsed.Errors.Select(error => string.Join(' ', error.Message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))));
        return $"{message} `{path} --help` explains it.";
    }

    // People type "widget", but the program file has another name.
    private static string Path(Command command) =>
        command is RootCommand || command.Parents.OfType<Command>().FirstOrDefault() is not { } parent
            ? "widget"
            : $"{Path(parent)} {command.Name}";

    private static string JoinNames(IEnumerable<string> names) =>
        names.ToList() is { Count: > 1 } several ? $"{string.Join(", ", several.SkipLast(1))} and {several[^1]}" : string.Join("", names);
}
