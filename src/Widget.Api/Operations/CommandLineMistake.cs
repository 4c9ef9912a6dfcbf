using System.CommandLine;
using System.CommandLine.Invocation;

namespace Widget.Api.Operations;

/// <summary>Describes a mistake in a typed command, in one line. The full help is a separate command.</summary>
internal static class CommandLineMistake
{
    /// <summary>Null when the command can be run.</summary>
    public static string? In(ParseResult parsed)
    {
        if (parsed.Action is not ParseErrorAction) return null;
        var command = parsed.CommandResult.Command;
        var path = Path(command);
        var unknown = parsed.UnmatchedTokens is [var first, ..] ? first : null;
        var words = command.Subcommands.Count > 0
            ? (unknown is null ? $"\"{path}\" needs a command." : $"There is no command \"{path} {unknown}\".")
                + $" Commands: {Listed(command.Subcommands.Select(sub => sub.Name))}."
            : unknown is not null
                ? $"\"{path}\" does not take \"{unknown}\". It takes {Listed(command.Options.Select(option => option.Name))}."
            : string.Join(
                ' ',
                parsed.Errors.Select(error => string.Join(' ', error.Message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))));
        return $"{words} `{path} --help` explains it.";
    }

    // The program file has another name than the command that people type.
    private static string Path(Command command) =>
        command is RootCommand || command.Parents.OfType<Command>().FirstOrDefault() is not { } parent
            ? "widget"
            : $"{Path(parent)} {command.Name}";

    private static string Listed(IEnumerable<string> names) =>
        names.ToList() is { Count: > 1 } several ? $"{string.Join(", ", several.SkipLast(1))} and {several[^1]}" : string.Join("", names);
}
