"""All commands, gathered."""

from typing import Annotated

import typer

from amiss.cli import booth, bundle, gallery, site
from amiss.cli.booth_accept import accept
from amiss.cli.demo import demo
from amiss.cli.doctor import doctor
from amiss.cli.evaluate import evaluate
from amiss.cli.exchange import export, import_
from amiss.cli.identify import identify
from amiss.cli.inspect import inspect
from amiss.cli.options import CONTEXT
from amiss.cli.paint import paint
from amiss.cli.simulate import simulate
from amiss.cli.train import train

# Plain help: it starts faster and reads the same in a log.
app = typer.Typer(
    help="Amiss detects damaged products in warehouses.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings=CONTEXT,
)


@app.callback(invoke_without_command=True)
def start(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Amiss detects damaged products in warehouses."""
    if version:
        from importlib.metadata import version as version_of

        typer.echo(f"amiss {version_of('amiss')}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


app.command()(inspect)
app.command()(identify)
app.command()(evaluate)
app.command()(simulate)
app.command()(paint)
app.command()(train)
app.command()(demo)
app.command()(doctor)
app.command("import")(import_)
app.command()(export)
app.add_typer(gallery.app, name="gallery")
app.add_typer(bundle.app, name="bundle")
app.add_typer(site.app, name="site")
booth.app.command()(accept)
app.add_typer(booth.app, name="booth")
