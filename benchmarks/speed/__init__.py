"""How fast Amiss is on this machine, as ratios that hold on other machines too."""
