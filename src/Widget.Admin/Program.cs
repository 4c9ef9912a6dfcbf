using Widget.Admin.Host;

var api = Environment.GetEnvironmentVariable("WIDGET_API_URL") ?? "http://localhost:5080";
if (!Uri.TryCreate(api, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
{
    Console.Error.WriteLine($"WIDGET_API_URL is \"{api}\", which is not an http or https address such as http://localhost:5080.");
    return 2;
}

await using var console = AdminConsole.Build(
    args,
    new ConsoleOptions(address, Environment.GetEnvironmentVariable("WIDGET_CONSOLE_DATA")));
await console.RunAsync();
return 0;
